import type { DrawnLabel } from './export.types.js';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('export')
export class ExportRow {
  @PrimaryColumn('uuid') tenant: string;
  @PrimaryColumn('uuid') id: string;
  @Column('uuid') version: string;
  @Column('uuid') asset: string;
  @Column('text') state: string;
  @Column('text') format: string;
  @Column('integer', { name: 'max_side', nullable: true }) maxSide: number | null;
  @Column('text') labels: string;
  @Column('uuid', { name: 'requested_by', nullable: true }) requestedBy: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('uuid', { name: 'unsigned_blob', nullable: true }) unsignedBlob: string | null;
  @Column('uuid', { name: 'rendered_entry', nullable: true }) renderedEntry: string | null;
  /** What was drawn into it. */
  @Column('jsonb', { nullable: true }) label: DrawnLabel | null;
  @Column('uuid', { name: 'signed_blob', nullable: true }) signedBlob: string | null;
  @Column('text', { name: 'manifest_urn', nullable: true }) manifestUrn: string | null;
  @Column('bigint', { name: 'release_index', nullable: true }) releaseIndex: string | null;
  @Column('text', { array: true }) declares: string[];
  @Column('text', { nullable: true }) failure: string | null;
  @Column('text', { name: 'failure_reason', nullable: true }) failureReason: string | null;
  @Column('text', { name: 'failure_remedy', nullable: true }) failureRemedy: string | null;
  @Column('timestamptz', { name: 'retry_at', nullable: true }) retryAt: Date | null;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt: Date | null;
  @Column('text') standing: string;
  @Column('timestamptz', { name: 'standing_since', nullable: true }) standingSince: Date | null;
  /** Why, of what is not valid. */
  @Column('text', { name: 'standing_code', nullable: true }) standingCode: string | null;
  @Column('uuid', { name: 'standing_entry', nullable: true }) standingEntry: string | null;
}
