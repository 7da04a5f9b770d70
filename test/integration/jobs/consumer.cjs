// A worker to be killed: takes jobs of kind `slow`, says so, and never ends one.
const { createDataSource, Notifications } = require('../../../dist/libs/platform/database/src/index.js');
const { JobConsumer } = require('../../../dist/libs/platform/jobs/src/index.js');

async function main() {
  const url = process.env.DATABASE_URL;
  const source = await createDataSource(url, { poolMax: 4, applicationName: 'test-consumer' });
  const notifications = new Notifications(url);
  await notifications.connect();
  const consumer = new JobConsumer(source, notifications, () => undefined);
  consumer.register('slow', () => new Promise(() => process.send('running')), { concurrency: 1 });
  consumer.start();
}

void main();
