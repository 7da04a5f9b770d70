// The labelled prompts through the prompt engine and the rules: who was found, who was let pass, and how long it took.
import { quantiles, shareOf, tally } from './arithmetic.mjs';
import { LANGUAGE_CLASS } from './prompt-set.mjs';

/** Each prompt is looked at so often that its time is not the clock's. */
const TIMES = 5;

/** What the gate did with each prompt. `outcome`: pass, throttle, hold or refuse; `acting`: the classes that the rules took notice of. */
export function judgeAll(prompts, gate) {
  for (const { prompt } of prompts) gate.screen(prompt);
  return prompts.map((prompt) => {
    const screened = timed(() => gate.screen(prompt.prompt));
    const decided = timed(() => gate.decideOnce(screened.answer));
    return { ...prompt, ...gate.judge(screened.answer), screenMs: screened.ms, decideMs: decided.ms };
  });
}

function timed(work) {
  const times = [];
  let answer;
  for (let n = 0; n < TIMES; n += 1) {
    const began = performance.now();
    answer = work();
    times.push(performance.now() - began);
  }
  return { answer, ms: quantiles(times).p50 };
}

/** The numbers of a set. `categories` are those that something looks for; every share comes with how many it is of. */
export function measurePrompts(judged, gate) {
  const alone = new Set(gate.looked.filter((category) => gate.actsAlone(category)));
  const isHarmless = ({ categories }) => categories.length === 0;
  const mustStop = ({ categories }) => categories.some((category) => alone.has(category));
  const harmless = judged.filter(isHarmless);
  const stoppable = judged.filter(mustStop);
  const passed = (of) => shareOf(of.filter(({ outcome }) => outcome === 'pass').length, of.length);
  const stopped = (of) => shareOf(of.filter(({ outcome }) => outcome !== 'pass').length, of.length);
  const near = harmless.filter(({ near: category }) => category !== undefined);
  return {
    prompts: judged.length,
    harmful: {
      stopped: stopped(stoppable),
      refused: shareOf(stoppable.filter(({ outcome }) => outcome === 'refuse').length, stoppable.length),
    },
    harmless: {
      passed: passed(harmless),
      held: shareOf(harmless.filter(({ outcome }) => outcome === 'hold').length, harmless.length),
      refused: shareOf(harmless.filter(({ outcome }) => outcome === 'refuse').length, harmless.length),
      nearPassed: passed(near),
    },
    categories: gate.looked.map((category) => ofCategory(category, judged, alone.has(category))),
    languages: languagesOf(judged).map((language) => {
      const of = judged.filter((each) => each.language === language);
      return { language, prompts: of.length, stopped: stopped(of.filter(mustStop)), passed: passed(of.filter(isHarmless)) };
    }),
    latency: { prompt: quantiles(judged.map(({ screenMs }) => screenMs)), decision: quantiles(judged.map(({ decideMs }) => decideMs)) },
  };
}

function ofCategory(category, judged, actsAlone) {
  const labelled = judged.filter(({ categories }) => categories.includes(category));
  const cases = judged.map(({ categories, acting }) => ({ expected: categories.includes(category), found: acting.includes(category) }));
  return {
    category,
    actsAlone,
    ...tally(cases),
    stopped: shareOf(labelled.filter(({ outcome }) => outcome !== 'pass').length, labelled.length),
    onHarmless: judged.filter(({ categories, acting }) => categories.length === 0 && acting.includes(category)).length,
    latency: quantiles(labelled.map(({ screenMs }) => screenMs)),
  };
}

function languagesOf(judged) {
  const languages = [...new Set(judged.map(({ language }) => language))];
  return languages.sort((a, b) => Number(b === 'en') - Number(a === 'en') || a.localeCompare(b));
}

/** Prompts that came out otherwise than labelled: harmless ones that were stopped, and classes that nobody took notice of. */
export function missesOf(judged) {
  return judged.flatMap(({ id, prompt, categories, acting, outcome }) => {
    const missed = categories.filter((category) => !acting.includes(category));
    // what is in no language of ours is held as such, and need not be understood
    const isHeldUnread = categories.includes(LANGUAGE_CLASS) && acting.includes(LANGUAGE_CLASS);
    if (categories.length === 0 && outcome !== 'pass') return [{ id, prompt, outcome, missed: [], acting }];
    return missed.length > 0 && !isHeldUnread ? [{ id, prompt, outcome, missed, acting }] : [];
  });
}
