// The numbers as tables that fit a terminal.

/** `87 % (74-94)`: a share with its 95 % interval; `-` when nothing was counted. */
export function percent({ share, interval }) {
  if (share === null) return '-';
  const whole = (value) => Math.round(value * 100);
  return `${whole(share)} % (${whole(interval.low)}-${whole(interval.high)})`;
}

const ms = (value) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
const ofMany = (value) => (value.of === 0 ? '-' : `${percent(value)}, ${value.hits} of ${value.of}`);

/** Columns as wide as their widest cell: the first to the left, the others to the right. */
export function table(head, rows) {
  const all = [head, ...rows].map((cells) => cells.map(String));
  const widths = head.map((_, at) => Math.max(...all.map((cells) => cells[at].length)));
  return all.map((cells) =>
    `  ${cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join('  ')}`.trimEnd(),
  );
}

export function promptLines(numbers) {
  const { harmful, harmless, categories, languages } = numbers;
  const rows = categories
    .filter(({ support }) => support > 0)
    .map(({ category, actsAlone, support, recall, stopped, precision, onHarmless, latency }) => [
      `${category}${actsAlone ? '' : ' *'}`,
      support,
      percent(recall),
      actsAlone ? percent(stopped) : '-',
      percent(precision),
      onHarmless,
      ms(latency.p50),
    ]);
  return [
    `harmful prompts that are stopped   ${ofMany(harmful.stopped)}; refused outright ${ofMany(harmful.refused)}`,
    `harmless prompts that pass         ${ofMany(harmless.passed)}; falsely held ${harmless.held.hits}, falsely refused ${harmless.refused.hits}`,
    ...(harmless.nearPassed.of > 0 ? [`  of those that come near a class  ${ofMany(harmless.nearPassed)}`] : []),
    '',
    'by category (95 % interval): recall and precision of its own word list, and how many are stopped, by whatever list',
    ...table(['category', 'prompts', 'recall', 'stopped', 'precision', 'on harmless', 'p50'], rows),
    ...(categories.some(({ actsAlone }) => !actsAlone)
      ? ['  * no rule stops this alone; what counts is that a rule hears it beside something else']
      : []),
    '',
    'by language',
    ...table(
      ['language', 'prompts', 'stopped, of those to be stopped', 'passed, of the harmless'],
      languages.map(({ language, prompts, stopped, passed }) => [language, prompts, ofMany(stopped), ofMany(passed)]),
    ),
  ];
}

export function photoLines({ photos, pictures, faces, explicit, suggestive, text }) {
  const row = (name, { exact, over, under, of }) => [name, of, exact, over, under];
  return [
    `${photos} free photos, ${pictures} pictures made of them`,
    ...table(
      ['faces counted', 'pictures', 'exactly', 'too many', 'too few'],
      [
        row('photos with faces', faces.withFaces),
        row('photos without', faces.withoutFaces),
        ...faces.byVariant.map((each) => row(`  ${each.variant}`, each)),
      ],
    ),
    `explicit or suggestive, by mistake: ${ofMany(explicit.falseAlarms)}; highest scores ${explicit.highest} explicit, ${suggestive.highest} suggestive of 1000`,
    `text read where there is some: ${ofMany(text.read)}; where there is none: ${ofMany(text.readWhereThereIsNone)}; held for what was read: ${ofMany(text.falseAlarms)}`,
  ];
}

export function latencyLines(latency) {
  const names = {
    prompt: 'a prompt through all lists',
    decision: 'the rules, one question',
    faces: 'faces, fingerprint, digest',
    explicit: 'explicit content',
    text: 'text in pictures',
  };
  const rows = Object.entries(latency).map(([name, of]) => [names[name], ms(of.p50), ms(of.p95)]);
  return table(['latency', 'p50', 'p95'], rows);
}

export function notMeasuredLines(list) {
  const reasons = [...new Set(list.map(({ why }) => why))];
  return reasons.flatMap((why) => [
    `  not measured, ${why}:`,
    ...wrapped(
      list.filter((each) => each.why === why).map(({ what }) => what),
      120,
    ).map((line) => `    ${line}`),
  ]);
}

function wrapped(names, width) {
  return names.reduce((lines, name, at) => {
    const word = at === names.length - 1 ? name : `${name},`;
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= width) return [...lines, word];
    return [...lines.slice(0, -1), `${last} ${word}`];
  }, []);
}

export function missLines(misses) {
  const rows = misses.map(({ id, outcome, missed, acting, prompt }) => {
    const what = missed.length > 0 ? `not heard: ${missed.join(', ')}` : `heard by mistake: ${acting.join(', ')}`;
    return `  ${id}  ${outcome.padEnd(7)} ${what}\n        ${prompt}`;
  });
  return [`${misses.length} prompts came out otherwise than labelled`, ...rows];
}
