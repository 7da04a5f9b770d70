// The ledger's rooms wired by hand on the bench's database, as api and worker wire them.
import { join } from 'node:path';
import { room } from './cluster.mjs';

const { newId } = room('kernel');
const ledger = room('domain/ledger');
const { LocalLogSigner } = room('domain/log-signer');

export async function openRoom(cluster, poolMax) {
  const { createDataSource, UnitOfWork } = room('platform/database');
  const { FileKeyProvider } = room('platform/keys');
  const dataSource = await createDataSource(cluster.appUrl, { poolMax, applicationName: 'imprimatur-bench' });
  const sealing = new ledger.Sealing(new ledger.SubjectKeyRepository(), new FileKeyProvider(join(cluster.dir, 'keys', 'master.key')));
  return {
    dataSource,
    unitOfWork: new UnitOfWork(dataSource),
    sealing,
    ledger: new ledger.Ledger(new ledger.EntryRepository(), sealing),
    reader: new ledger.LedgerReader(new ledger.ReaderRepository(), sealing, new ledger.Anchors(new ledger.AnchorRepository())),
  };
}

export const logSigner = ({ dir }) => new LocalLogSigner(join(dir, 'signer'), join(dir, 'trust', 'logs.vkey'));

export async function startSequencer({ sequencerUrl, dir }) {
  const faults = [];
  const sequencer = new ledger.Sequencer({
    url: sequencerUrl,
    signer: logSigner({ dir }),
    logName: 'imprimatur.bench',
    report: (error) => {
      faults.push(error);
      process.stderr.write(`sequencer: ${error}\n`);
    },
  });
  await sequencer.start();
  return sequencer;
}

export const contextOf = (tenant) => ({
  tenant,
  actor: { kind: 'person', subject: newId('subject'), ref: newId('subject'), roles: ['creator'] },
  requestId: 'bench',
});

/** What an edit leaves in the ledger: about 600 bytes as canonical JSON. */
export const eventAbout = (about, n) => ({
  type: 'verdict.recorded',
  about,
  facts: {
    gate: 'prompt',
    outcome: 'pass',
    model: { id: 'flux-edit-2', revision: 'a81f2c' },
    score: 13,
    thresholds: { hold: 400, refuse: 700 },
    policy: 'bundle-7',
    n,
  },
});
