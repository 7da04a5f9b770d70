import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What stands in a picture is somebody's words: sealed, with its key beside it, so that erasure destroys both. */
export class AddScreeningWords20261129040000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table screening
        add column words_sealed bytea,
        add column words_key bytea,
        add check ((words_sealed is null) = (words_key is null)),
        add check (words_sealed is null or state = 'done')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table screening drop column words_sealed, drop column words_key`);
  }
}
