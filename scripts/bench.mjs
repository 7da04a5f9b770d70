// npm run bench [-- turn|gates|ledger|log-server|review] [options]; without a name: turn.
const BENCHES = ['turn', 'gates', 'ledger', 'log-server', 'review'];

const named = process.argv[2] !== undefined && !process.argv[2].startsWith('-');
const [name] = named ? process.argv.splice(2, 1) : ['turn'];
if (BENCHES.includes(name)) await import(`./bench/${name}.mjs`);
else {
  process.stderr.write(`no bench is called ${name}: ${BENCHES.join(', ')}\n`);
  process.exitCode = 2;
}
