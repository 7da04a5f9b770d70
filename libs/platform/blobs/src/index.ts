export { BLOB_STORE, type BlobStore, type StoredObject } from './blob-store.js';
export { BlobsModule } from './blobs.module.js';
export { FolderBlobStore } from './folder.blob-store.js';
