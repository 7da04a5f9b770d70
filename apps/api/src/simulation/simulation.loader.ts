import { type Simulation, SimulationService } from '@imprimatur/domain/policies';
import type { Context, SimulationId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { RequestLoader } from '../door/index.js';

@Injectable()
export class SimulationLoader extends RequestLoader<SimulationId, Simulation> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly simulations: SimulationService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly SimulationId[]): Promise<ReadonlyMap<SimulationId, Simulation>> {
    const found = await this.unitOfWork.read(context, (read) => this.simulations.findMany(read, ids));
    return new Map(found.map((simulation) => [simulation.id, simulation]));
  }
}
