// Reads the files named with an implementation that shares no code with ours, and prints the failure codes of each as JSON. A process of its own:
// the package can only be imported as an ES module, which jest cannot do on every Node that we support.
import { readFileSync } from 'node:fs';
import { JPEG, PNG } from '@trustnxt/c2pa-ts/asset';
import { SuperBox } from '@trustnxt/c2pa-ts/jumbf';
import { ManifestStore } from '@trustnxt/c2pa-ts/manifest';

const reports = [];
for (const file of process.argv.slice(2)) {
  const bytes = new Uint8Array(readFileSync(file));
  const asset = bytes[0] === 0xff ? new JPEG(bytes) : new PNG(bytes);
  const jumbf = await asset.getManifestJUMBF();
  const result = await ManifestStore.read(SuperBox.fromBuffer(jumbf)).validate(asset);
  reports.push({
    entries: result.statusEntries.length,
    failures: result.statusEntries.filter(({ success }) => !success).map(({ code }) => code),
  });
}
process.stdout.write(JSON.stringify(reports));
