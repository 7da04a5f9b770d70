import type { Finding } from '@imprimatur/kernel';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('session')
export class SessionRow {
  @PrimaryColumn('uuid') tenant: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') name: string;
  @Column('text', { name: 'use_case' }) useCase: string;
  @Column('text') channel: string;
  @Column('text') territory: string;
  @Column('text') state: string;
  @Column('uuid', { name: 'opened_by', nullable: true }) openedBy: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}

@Entity('session_asset')
export class SessionAssetRow {
  @PrimaryColumn('uuid') tenant: string;
  @PrimaryColumn('uuid') session: string;
  @PrimaryColumn('uuid') asset: string;
  @Column('integer') position: number;
}

@Entity('mask')
export class MaskRow {
  @PrimaryColumn('uuid') tenant: string;
  @PrimaryColumn('uuid') id: string;
  @Column('uuid') series: string;
  @Column('integer') number: number;
  @Column('uuid', { nullable: true }) asset: string | null;
  @Column('text') kind: string;
  /** Box or corners; of a picture its size. */
  @Column('jsonb') shape: object;
  @Column('uuid', { nullable: true }) blob: string | null;
  @Column('uuid', { name: 'drawn_by', nullable: true }) drawnBy: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}

@Entity('turn')
export class TurnRow {
  @PrimaryColumn('uuid') tenant: string;
  @PrimaryColumn('uuid') id: string;
  @Column('uuid') session: string;
  /** Sealed under `dataKey`, as are operations, questions and answers of its items. */
  @Column('bytea') prompt: Buffer;
  @Column('bytea', { name: 'data_key' }) dataKey: Buffer;
  @Column('text', { array: true }) providers: string[];
  @Column('boolean', { name: 'all_or_nothing' }) allOrNothing: boolean;
  @Column('uuid', { name: 'submitted_by', nullable: true }) submittedBy: string | null;
  @Column('timestamptz', { name: 'submitted_at' }) submittedAt: Date;
}

@Entity('turn_item')
export class TurnItemRow {
  @PrimaryColumn('uuid') tenant: string;
  @PrimaryColumn('uuid') id: string;
  @Column('uuid') turn: string;
  @Column('integer') position: number;
  @Column('uuid') asset: string;
  @Column('uuid', { name: 'base_version' }) baseVersion: string;
  @Column('uuid', { nullable: true }) mask: string | null;
  @Column('text') state: string;
  @Column('integer') revision: number;
  @Column('text', { nullable: true }) provider: string | null;
  @Column('bytea', { nullable: true }) operations: Buffer | null;
  @Column('uuid', { name: 'result_version', nullable: true }) resultVersion: string | null;
  @Column('text', { nullable: true }) failure: string | null;
  @Column('boolean', { nullable: true }) retryable: boolean | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'moved_at' }) movedAt: Date;
}

@Entity('verdict')
export class VerdictRow {
  @PrimaryColumn('uuid') tenant: string;
  @PrimaryColumn('uuid') id: string;
  @Column('uuid') item: string;
  @Column('integer') ordinal: number;
  @Column('text') gate: string;
  @Column('text') outcome: string;
  @Column('jsonb') findings: Finding[];
  @Column('jsonb') evidence: object;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}

@Entity('clarification')
export class ClarificationRow {
  @PrimaryColumn('uuid') tenant: string;
  @PrimaryColumn('uuid') id: string;
  @Column('uuid') item: string;
  @Column('bytea') question: Buffer;
  @Column('bytea', { nullable: true }) answer: Buffer | null;
  @Column('timestamptz', { name: 'asked_at' }) askedAt: Date;
  @Column('timestamptz', { name: 'answered_at', nullable: true }) answeredAt: Date | null;
  @Column('uuid', { name: 'answered_by', nullable: true }) answeredBy: string | null;
}
