import { takeAmount } from '../amounts.js';
import { ask, decline, type IntentRule, overPixels } from './rule.js';

const BLUR_PERCENT = 30;
const SHARPEN_PERCENT = 40;
const RADIUS_MAX_PX = 200;

const percentOf = (amount: ReturnType<typeof takeAmount>, whenUnsaid: number): number =>
  Math.max(1, Math.min(100, amount === null ? whenUnsaid : Math.abs('to' in amount ? amount.to : amount.by)));

const blur: IntentRule = {
  name: 'blur',
  when: /\b(?:(?:add|apply|put|use)\s+(?:a\s+|some\s+|more\s+|slight\s+)*)?(?:gaussian )?(?:blur(?:red|rier|ry)?|defocus|out of focus)(?: out)?\b/,
  read(words, match, context) {
    const undo = words.take(/\b(?:remove|reduce|fix|less|undo|decrease|too|is|un)\b/);
    if (undo && !/^(?:add|apply)/.test(match[0])) {
      return ask({
        code: 'WHICH_MEANING',
        text: 'I cannot bring back what is out of focus; I can sharpen what is there. Should I?',
        candidates: ['sharpen the picture', 'sharpen the picture slightly'],
      });
    }
    words.take(/^\s*(?:make|get|have)\b/);
    const radius = words.take(/(?:(?:with|by|of|using)\s+)*(?:a\s+)?(?:radius\s+(?:of\s+)?)?(\d{1,4})(?:\.\d+)? px(?:\s+radius)?/);
    words.take(/\b(?:with|strength|radius|amount|strong(?:ly)?|more)\b/);
    const amountPercent = percentOf(takeAmount(words), BLUR_PERCENT);
    const radiusPixels = radius ? Math.max(1, Math.min(RADIUS_MAX_PX, Number(radius[1]))) : null;
    return overPixels(words, context, {
      doing: 'blur',
      everywhere: 'blur the whole picture',
      build: (area) => ({ operation: 'blur', amountPercent, radiusPixels, area }),
    });
  },
};

const sharpen: IntentRule = {
  name: 'sharpen',
  when: /\b(?:sharpen(?:ing)?|sharper|crisper|crispen|(?:increase|more|boost|add|raise|improve|enhance)\s+(?:the\s+)?(?:overall\s+)?(?:sharpness|sharpening|crispness|acutance)|more sharp|more crisp)\b/,
  read(words, _match, context) {
    words.take(/^\s*(?:make|get|have|apply|add)\b/);
    const amountPercent = percentOf(takeAmount(words), SHARPEN_PERCENT);
    return overPixels(words, context, {
      doing: 'sharpen',
      everywhere: 'sharpen the whole picture',
      build: (area) => ({ operation: 'sharpen', amountPercent, area }),
    });
  },
};

const unsharp: IntentRule = {
  name: 'less sharpness',
  when: /\b(?:less sharp|(?:reduce|lower|decrease|less)\s+(?:the\s+)?sharpness)\b/,
  read: () =>
    ask({
      code: 'WHICH_MEANING',
      text: 'Less sharp means blurred. Should I blur the picture slightly?',
      candidates: ['blur the picture slightly'],
    }),
};

const pixelate: IntentRule = {
  name: 'pixelate',
  when: /\b(?:pixelate|mosaic|censor)\b/,
  read: () =>
    decline('EFFECT_UNSUPPORTED', 'I do not pixelate; I can blur, which with a mask hides a part as well.', ['blur the picture strongly']),
};

export const FOCUS_RULES = { blur, sharpen, unsharp, pixelate };
