import type { SimulationTally } from '@imprimatur/formats/policy';
import type { BundleId, SimulationId, SubjectId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { Simulation, SimulationPlace, SimulationState } from './simulation.types.js';

interface SimulationRow {
  readonly id: SimulationId;
  readonly from_bundle: BundleId;
  readonly to_bundle: BundleId;
  readonly since: Date;
  readonly until: Date;
  readonly questions_max: number;
  readonly total: number | null;
  readonly state: SimulationState;
  readonly tally: SimulationTally;
  readonly place_at: Date | null;
  readonly place_verdict: string | null;
  readonly failure: string | null;
  readonly started_by: SubjectId | null;
  readonly started_at: Date;
  readonly ended_at: Date | null;
}

const SIMULATION = `id, from_bundle, to_bundle, since, until, questions_max, total, state, tally, place_at, place_verdict, failure, started_by,
  started_at, ended_at from policy_simulation`;

function toSimulation(row: SimulationRow): Simulation {
  return {
    id: row.id,
    from: row.from_bundle,
    to: row.to_bundle,
    since: row.since,
    until: row.until,
    questionsMax: row.questions_max,
    total: row.total,
    state: row.state,
    tally: row.tally,
    place: row.place_at && row.place_verdict ? { at: row.place_at, verdict: row.place_verdict } : null,
    failure: row.failure,
    startedBy: row.started_by,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}

@Injectable()
export class SimulationRepository {
  async insert(write: WriteContext, { id, from, to, since, until, questionsMax, tally, startedBy, startedAt }: Simulation): Promise<void> {
    await write.manager.query(
      `insert into policy_simulation (tenant, id, from_bundle, to_bundle, since, until, questions_max, state, tally, started_by, started_at)
        values ($1, $2, $3, $4, $5, $6, $7, 'running', $8, $9, $10)`,
      [write.context.tenant, id, from, to, since, until, questionsMax, JSON.stringify(tally), startedBy, startedAt],
    );
  }

  async findMany(read: ReadContext, ids: readonly SimulationId[]): Promise<readonly Simulation[]> {
    const rows = await read.manager.query<SimulationRow[]>(`select ${SIMULATION} where tenant = $1 and id = any ($2::uuid[])`, [
      read.context.tenant,
      [...ids],
    ]);
    return rows.map(toSimulation);
  }

  /** Holds the row until the transaction ends. */
  async lock(write: WriteContext, id: SimulationId): Promise<Simulation | null> {
    const rows = await write.manager.query<SimulationRow[]>(`select ${SIMULATION} where tenant = $1 and id = $2 for update`, [
      write.context.tenant,
      id,
    ]);
    return rows[0] ? toSimulation(rows[0]) : null;
  }

  /** Newest first. */
  async page(read: ReadContext, first: number, after: string | null): Promise<readonly Simulation[]> {
    const rows = await read.manager.query<SimulationRow[]>(
      `select ${SIMULATION} where tenant = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
      [read.context.tenant, after, first],
    );
    return rows.map(toSimulation);
  }

  async advance(write: WriteContext, id: SimulationId, tally: SimulationTally, place: SimulationPlace, total: number): Promise<void> {
    await write.manager.query(
      `update policy_simulation set tally = $3, place_at = $4, place_verdict = $5, total = $6 where tenant = $1 and id = $2`,
      [write.context.tenant, id, JSON.stringify(tally), place.at, place.verdict, total],
    );
  }

  async end(write: WriteContext, id: SimulationId, state: SimulationState, failure: string | null, at: Date): Promise<void> {
    await write.manager.query(`update policy_simulation set state = $3, failure = $4, ended_at = $5 where tenant = $1 and id = $2`, [
      write.context.tenant,
      id,
      state,
      failure,
      at,
    ]);
  }
}
