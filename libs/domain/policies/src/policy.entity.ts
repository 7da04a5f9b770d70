import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('policy_bundle')
export class PolicyBundleRow {
  @PrimaryColumn('uuid') tenant: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') name: string;
  @Column('text') version: string;
  @Column('bytea') hash: Buffer;
  @Column('jsonb', { select: false }) files: Record<string, string>;
  @Column('text') state: string;
  @Column('uuid', { name: 'drafted_by', nullable: true }) draftedBy: string | null;
  @Column('timestamptz', { name: 'drafted_at' }) draftedAt: Date;
  @Column('uuid', { name: 'activated_by', nullable: true }) activatedBy: string | null;
  @Column('timestamptz', { name: 'activated_at', nullable: true }) activatedAt: Date | null;
  @Column('timestamptz', { name: 'retired_at', nullable: true }) retiredAt: Date | null;
  @Column('uuid', { name: 'trial_by', nullable: true }) trialBy: string | null;
  @Column('timestamptz', { name: 'trial_at', nullable: true }) trialAt: Date | null;
  @Column('integer', { name: 'trial_share', nullable: true }) trialShare: number | null;
}
