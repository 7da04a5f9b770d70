import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ConsentScope } from './consent.types.js';

@Entity('consent_record')
export class ConsentRecordRow {
  @PrimaryColumn('uuid') tenant: string;
  @PrimaryColumn('uuid') id: string;
  @PrimaryColumn('integer') version: number;
  @Column('uuid') subject: string;
  @Column('text', { name: 'age_band' }) ageBand: string;
  @Column('text', { name: 'representative_kind', nullable: true }) representativeKind: string | null;
  @Column('text', { name: 'representative_basis', nullable: true }) representativeBasis: string | null;
  @Column('uuid', { nullable: true }) representative: string | null;
  @Column('text') method: string;
  @Column('text', { name: 'notice_text' }) noticeText: string;
  @Column('text', { name: 'notice_language' }) noticeLanguage: string;
  @Column('jsonb') scope: ConsentScope;
  @Column('text', { name: 'model_release', nullable: true }) modelRelease: string | null;
  @Column('text', { name: 'property_release', nullable: true }) propertyRelease: string | null;
  @Column('timestamptz', { name: 'valid_from' }) validFrom: Date;
  @Column('timestamptz', { name: 'valid_until', nullable: true }) validUntil: Date | null;
  @Column('text') state: string;
  @Column('uuid', { name: 'registered_by', nullable: true }) registeredBy: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}

@Entity('consent_binding')
export class ConsentBindingRow {
  @PrimaryColumn('uuid') tenant: string;
  @PrimaryColumn('uuid') consent: string;
  @PrimaryColumn('uuid') version: string;
  @Column('uuid') asset: string;
  @Column('bytea') sha256: Buffer;
  @Column('bytea', { name: 'pixel_sha256', nullable: true }) pixelSha256: Buffer | null;
  @Column('text', { nullable: true }) fingerprint: string | null;
  @Column('smallint', { name: 'face_left' }) faceLeft: number;
  @Column('smallint', { name: 'face_top' }) faceTop: number;
  @Column('smallint', { name: 'face_width' }) faceWidth: number;
  @Column('smallint', { name: 'face_height' }) faceHeight: number;
}
