import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@imprimatur/platform/config';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

const STAMP = /^(\d{13,})-.+\.js$/;

/** Whether the database answers and has every migration of this build. */
@Injectable()
export class ReadinessRepository {
  private readonly stamps = readdirSync(join(projectRoot(), 'dist/migrations')).flatMap((file) => STAMP.exec(file)?.[1] ?? []);

  constructor(private readonly dataSource: DataSource) {}

  /** Stamps of the migrations that are missing; throws when the database does not answer. */
  async missingMigrations(): Promise<readonly string[]> {
    const rows = await this.dataSource.query<{ name: string }[]>('select name from schema_migration');
    return this.stamps.filter((stamp) => !rows.some(({ name }) => name.endsWith(stamp)));
  }
}
