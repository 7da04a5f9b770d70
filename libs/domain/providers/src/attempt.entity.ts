import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('provider_attempt')
export class AttemptRow {
  @PrimaryColumn('uuid') tenant: string;
  @PrimaryColumn('uuid') id: string;
  @Column('uuid') item: string;
  @Column('uuid') turn: string;
  @Column('uuid') asset: string;
  @Column('integer') number: number;
  @Column('text') provider: string;
  @Column('text', { name: 'requested_model' }) requestedModel: string;
  @Column('uuid', { nullable: true }) terms: string | null;
  @Column('timestamptz', { name: 'began_at' }) beganAt: Date;
  @Column('bytea', { name: 'request_sha256' }) requestSha256: Buffer;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt: Date | null;
  @Column('text', { nullable: true }) outcome: string | null;
  @Column('text', { name: 'finish_code', nullable: true }) finishCode: string | null;
  @Column('text', { name: 'finish_message', nullable: true }) finishMessage: string | null;
  @Column('bytea', { name: 'response_sha256', nullable: true }) responseSha256: Buffer | null;
  @Column('text', { name: 'response_id', nullable: true }) responseId: string | null;
  @Column('text', { name: 'model_version', nullable: true }) modelVersion: string | null;
  @Column('jsonb', { nullable: true }) usage: Record<string, number> | null;
  @Column('jsonb', { nullable: true }) safety: { category: string; level: string; blocked: boolean }[] | null;
  @Column('text', { name: 'error_code', nullable: true }) errorCode: string | null;
}
