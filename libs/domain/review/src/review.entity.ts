import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Finding } from '@imprimatur/kernel';

@Entity('review_task')
export class ReviewTaskRow {
  @PrimaryColumn('uuid') tenant: string;
  @PrimaryColumn('uuid') id: string;
  @Column('uuid') asset: string;
  @Column('uuid') turn: string;
  @Column('uuid') item: string;
  @Column('uuid', { nullable: true }) version: string | null;
  @Column('bytea', { name: 'content_digest', nullable: true }) contentDigest: Buffer | null;
  @Column('text') queue: string;
  @Column('smallint') priority: number;
  @Column('timestamptz', { name: 'due_at' }) dueAt: Date;
  @Column('jsonb') findings: readonly Finding[];
  @Column('bytea', { name: 'bundle_hash' }) bundleHash: Buffer;
  @Column('uuid', { nullable: true }) requester: string | null;
  @Column('uuid', { name: 'last_editor', nullable: true }) lastEditor: string | null;
  @Column('uuid', { array: true }) depicted: string[];
  @Column('uuid', { nullable: true }) session: string | null;
  @Column('text') kind: string;
  @Column('text', { array: true }) slots: string[];
  @Column('uuid', { nullable: true }) follows: string | null;
  @Column('uuid', { name: 'policy_author', nullable: true }) policyAuthor: string | null;
  @Column('uuid', { array: true }) involved: string[];
  @Column('uuid', { array: true }) deciders: string[];
  @Column('text') state: string;
  @Column('timestamptz', { name: 'opened_at' }) openedAt: Date;
  @Column('uuid', { name: 'claimed_by', nullable: true }) claimedBy: string | null;
  @Column('timestamptz', { name: 'lease_until', nullable: true }) leaseUntil: Date | null;
  @Column('uuid', { name: 'lease_token', nullable: true }) leaseToken: string | null;
  @Column('uuid', { name: 'delegated_to', nullable: true }) delegatedTo: string | null;
  @Column('timestamptz', { name: 'rests_until', nullable: true }) restsUntil: Date | null;
  @Column('timestamptz', { name: 'breached_at', nullable: true }) breachedAt: Date | null;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt: Date | null;
}

@Entity('review_decision')
export class ReviewDecisionRow {
  @PrimaryColumn('uuid') tenant: string;
  @PrimaryColumn('uuid') id: string;
  @Column('uuid') task: string;
  @Column('uuid') reviewer: string;
  @Column('text') outcome: string;
  @Column('text', { name: 'reason_code' }) reasonCode: string;
  @Column('bytea', { name: 'content_digest' }) contentDigest: Buffer;
  @Column('bytea', { name: 'bundle_hash' }) bundleHash: Buffer;
  @Column('uuid', { name: 'lease_token' }) leaseToken: string;
  @Column('uuid') entry: string;
  @Column('timestamptz', { name: 'decided_at' }) decidedAt: Date;
  @Column('smallint', { nullable: true }) slot: number | null;
  @Column('timestamptz', { name: 'takes_effect_at', nullable: true }) takesEffectAt: Date | null;
}
