import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderBlobStore } from '@imprimatur/platform/blobs';
import { keepsTheBlobStoreContract } from './blob-store.contract';

const root = mkdtempSync(join(tmpdir(), 'imprimatur-blobs-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the folder store', () => keepsTheBlobStoreContract(async () => new FolderBlobStore(join(root, 'deep', 'blobs'))));
