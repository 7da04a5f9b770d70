import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('tenant')
export class TenantRow {
  @PrimaryColumn('uuid') id: string;
  @Column('text') name: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}

@Entity('subject')
export class SubjectRow {
  @PrimaryColumn('uuid') tenant: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') kind: string;
  @Column('uuid') ref: string;
  @Column('text', { name: 'display_name', nullable: true }) displayName: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}

@Entity('external_identity')
export class ExternalIdentityRow {
  @PrimaryColumn('uuid') tenant: string;
  @PrimaryColumn('uuid') id: string;
  @Column('uuid') subject: string;
  @Column('text') issuer: string;
  @Column('text', { name: 'external_sub' }) externalSub: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}

/** One per subject: the member's id is the subject's. */
@Entity('member')
export class MemberRow {
  @PrimaryColumn('uuid') tenant: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text', { array: true }) roles: string[];
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}

@Entity('api_key')
export class ApiKeyRow {
  @PrimaryColumn('uuid') tenant: string;
  @PrimaryColumn('uuid') id: string;
  @Column('uuid') subject: string;
  @Column('text') name: string;
  @Column('bytea') hash: Buffer;
  @Column('text', { array: true }) roles: string[];
  @Column('text', { array: true }) scopes: string[];
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'expires_at', nullable: true }) expiresAt: Date | null;
  @Column('timestamptz', { name: 'revoked_at', nullable: true }) revokedAt: Date | null;
}
