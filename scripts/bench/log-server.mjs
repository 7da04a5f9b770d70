// A log of any size, served by the real api at the address of a capability, to try clients on that this project does not contain.
// Usage: npm run bench -- log-server [--entries 300000] [--port 0]; Ctrl-C stops it and deletes everything.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { asAdmin, openCluster, room, root } from './cluster.mjs';
import { seed } from './latency.mjs';
import { contextOf, openRoom, startSequencer } from './ledger-room.mjs';

const { values } = parseArgs({ options: { entries: { type: 'string', default: '300000' }, port: { type: 'string', default: '0' } } });
const progress = (line) => process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${line}` : `${line}\n`);

/** The address of a capability, granted as a person of the tenant would; the grant is an entry of the log like any other. */
async function grant(cluster, tenant) {
  const context = contextOf(tenant);
  const { subject, ref } = context.actor;
  await asAdmin(cluster, async (client) => {
    await client.query('insert into tenant (id, name, created_at) values ($1, $2, now())', [tenant, 'A large log']);
    await client.query(`insert into subject (tenant, id, kind, ref, created_at) values ($1, $2, 'person', $3, now())`, [
      tenant,
      subject,
      ref,
    ]);
  });
  const { LogAccesses, LogAccessRepository } = room('domain/ledger');
  const house = await openRoom(cluster, 2);
  const accesses = new LogAccesses(new LogAccessRepository(house.dataSource), house.ledger, house.unitOfWork);
  const granted = await house.unitOfWork.write(context, (write) =>
    accesses.grant(write, { note: 'log-server', expiresAt: null, hours: 24 }),
  );
  await house.dataSource.destroy();
  return granted.value.token;
}

function startApi(cluster) {
  const env = { ...process.env, DATABASE_URL: cluster.appUrl, IMPRIMATUR_HOME: cluster.dir, PORT: values.port, LOG_LEVEL: 'warn' };
  const child = fork(join(root, 'dist/apps/api/src/main.js'), [], { env, stdio: ['ignore', 2, 2, 'ipc'] });
  const ready = new Promise((resolve, reject) => {
    child.on('message', ({ type, url }) => type === 'ready' && resolve(url));
    child.once('exit', (code) => reject(new Error(`the api ended with ${code}`)));
  });
  return { child, ready };
}

const cluster = await openCluster();
const tenant = await seed(cluster, Number(values.entries), progress);
const sequencer = await startSequencer(cluster);
const token = await grant(cluster, tenant);
const { child, ready } = startApi(cluster);
const url = await ready;
process.stdout.write(`${url}/log/${token}/checkpoint\n`);
process.once('SIGTERM', () => child.kill());
child.once('exit', () => void sequencer.stop().then(() => cluster.close()));
