import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('screening')
export class ScreeningRow {
  @PrimaryColumn('uuid') tenant: string;
  @PrimaryColumn('uuid') version: string;
  @Column('text') state: string;
  @Column('jsonb', { nullable: true }) result: object | null;
  @Column('bytea', { name: 'pixel_sha256', nullable: true }) pixelSha256: Buffer | null;
  @Column('bytea', { name: 'words_sealed', nullable: true }) wordsSealed: Buffer | null;
  @Column('bytea', { name: 'words_key', nullable: true }) wordsKey: Buffer | null;
  @Column('text', { nullable: true }) failure: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt: Date | null;
}
