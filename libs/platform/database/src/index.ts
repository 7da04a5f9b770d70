export { createDataSource, isUnavailable, unavailable, type DataSourceSettings } from './data-source.js';
export { DatabaseModule } from './database.module.js';
export { removeEmbeddedPostgres, startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres.js';
export { Notifications, notify } from './notifications.js';
export { migrate, migrationStatus, prepareDatabase, revertMigration, type PreparedDatabase, type PrepareOptions } from './prepare.js';
export { preparedQuery, statementName, type Query } from './prepared.js';
export { UnitOfWork, type ReadContext, type WriteContext } from './unit-of-work.js';
