// npm run eval -- moderation [options]: how well the engines judge what people have labelled. Options: npm run eval -- moderation --help
const EVALUATIONS = ['moderation'];

const [name] = process.argv.splice(2, 1);
if (EVALUATIONS.includes(name)) await import(`./eval/${name}.mjs`);
else {
  process.stderr.write(
    `${name === undefined ? 'what shall be evaluated' : `no evaluation is called ${name}`}: ${EVALUATIONS.join(', ')}\n`,
  );
  process.exitCode = 2;
}
