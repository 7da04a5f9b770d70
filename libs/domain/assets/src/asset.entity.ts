import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('blob')
export class BlobRow {
  @PrimaryColumn('uuid') tenant: string;
  @PrimaryColumn('uuid') id: string;
  @Column('bytea', { nullable: true }) sha256: Buffer | null;
  @Column('bigint', { name: 'size_bytes' }) sizeBytes: string;
  @Column('text') format: string;
  /** Name in the blob store: changes when the bytes are sealed again under another key. */
  @Column('text') object: string;
  @Column('bytea', { name: 'wrapped_key' }) wrappedKey: Buffer;
  @Column('uuid', { array: true }) subjects: string[];
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'erased_at', nullable: true }) erasedAt: Date | null;
}

@Entity('asset')
export class AssetRow {
  @PrimaryColumn('uuid') tenant: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') name: string;
  @Column('jsonb') facts: object;
  @Column('text', { name: 'rights_declared' }) rightsDeclared: string;
  @Column('text', { nullable: true }) licence: string | null;
  @Column('text', { name: 'ai_training' }) aiTraining: string;
  @Column('jsonb', { nullable: true }) c2pa: object | null;
  @Column('integer', { name: 'version_count' }) versionCount: number;
  @Column('uuid', { name: 'uploaded_by', nullable: true }) uploadedBy: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'erased_at', nullable: true }) erasedAt: Date | null;
}

@Entity('version')
export class VersionRow {
  @PrimaryColumn('uuid') tenant: string;
  @PrimaryColumn('uuid') id: string;
  @Column('uuid') asset: string;
  @Column('integer') number: number;
  @Column('uuid', { nullable: true }) parent: string | null;
  @Column('text') origin: string;
  @Column('uuid') blob: string;
  @Column('text') format: string;
  @Column('integer') width: number;
  @Column('integer') height: number;
  @Column('uuid', { nullable: true }) item: string | null;
  @Column('bytea', { nullable: true }) operations: Buffer | null;
  @Column('bytea', { name: 'operations_key', nullable: true }) operationsKey: Buffer | null;
  @Column('uuid', { name: 'created_by', nullable: true }) createdBy: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'released_at', nullable: true }) releasedAt: Date | null;
  @Column('timestamptz', { name: 'blocked_at', nullable: true }) blockedAt: Date | null;
}
