// Tables and aims of the ledger bench.
const RATIOS = {
  standalone: ['raw', 'chain'],
  chain: ['raw'],
  'business-session': ['business'],
  'business-asset': ['business'],
};

export function appendTable(arms, callers) {
  const of = (name, count) => arms.find(({ arm }) => arm === name).at.find((at) => at.callers === count);
  const head = `appends a second (median latency), at${callers.map((count) => `${count} callers`.padStart(24)).join('')}`;
  const rows = arms.flatMap(({ arm, title, at }) => [
    `  ${title.padEnd(46)}${at.map(({ perSecond, p50 }) => `${perSecond.toFixed(0)} (${p50.toFixed(2)} ms)`.padStart(24)).join('')}`,
    ...(RATIOS[arm] ?? []).map(
      (base) =>
        `    ${`x ${base}`.padEnd(44)}${callers.map((count) => (of(arm, count).perSecond / of(base, count).perSecond).toFixed(2).padStart(24)).join('')}`,
    ),
  ]);
  return [head, ...rows];
}

export function verifyTable({ entries, walkMs, eachMs, streamMs, ratio, ratioToStream }) {
  const seconds = (ms) => `${(ms / 1_000).toFixed(2)} s`.padStart(10);
  return [
    `verification of ${entries} entries in a folder`,
    `  ledger verify, every entry and tile         ${seconds(walkMs)}`,
    `  SHA-256 of each entry, one thread           ${seconds(eachMs)}   ${ratio.toFixed(2)} x`,
    `  SHA-256 of whole files, one thread          ${seconds(streamMs)}   ${ratioToStream.toFixed(2)} x`,
  ];
}

export function latencyTable({ rows, flat }) {
  const sizes = rows[0].at.map(({ size }) => `${size} entries`.padStart(18)).join('');
  return [
    `median latency of a read in its own transaction${sizes}${'largest / smallest'.padStart(22)}`,
    ...rows.map(
      ({ what, at }, n) =>
        `  ${what.padEnd(45)}${at.map(({ ms }) => `${ms.toFixed(2)} ms`.padStart(18)).join('')}${`${flat[n].ratio.toFixed(2)} x`.padStart(22)}`,
    ),
  ];
}

export function aimsOf({ append, verify, latency }) {
  const aims = [];
  const add = (name, ratio, limit, atLeast) =>
    aims.push({
      name,
      aim: `${atLeast ? 'at least' : 'at most'} ${limit} x`,
      measured: `${ratio.toFixed(2)} x`,
      met: atLeast ? ratio >= limit : ratio <= limit,
    });
  if (append) {
    const rate = (name, count) => append.find(({ arm }) => arm === name).at.find(({ callers }) => callers === count).perSecond;
    add('stand-alone beside raw INSERT, 32 callers', rate('standalone', 32) / rate('raw', 32), 1.5, true);
    add('stand-alone beside the hash chain, 32 callers', rate('standalone', 32) / rate('chain', 32), 20, true);
    for (const { callers } of append[0].at) {
      for (const kind of ['session', 'asset'])
        add(
          `business transaction, entry about ${kind}, ${callers} callers`,
          rate(`business-${kind}`, callers) / rate('business', callers),
          0.85,
          true,
        );
    }
  }
  if (verify) add(`verification of ${verify.entries} entries beside bare hashing`, verify.ratio, 1.5, false);
  if (latency) {
    for (const { what, ratio } of latency.flat) add(`${what}, largest log beside smallest`, ratio, 1.2, false);
  }
  return aims;
}
