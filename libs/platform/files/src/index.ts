export { createFileOnce, draftName, replaceFile, syncFolder, writeDurably, type FileMode } from './durable.file.js';
