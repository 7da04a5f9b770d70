export { CsvBroken, type CsvRecord, readCsv } from './csv.reader.js';
