import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { assert } from '@imprimatur/kernel';
import type { TextPlace } from '../screening.types.js';
import { blockNetwork } from './network.block.js';
import { packageFolder, packageVersion } from './package.folder.js';

/** One byte a pixel, rows from the top. */
export interface GreyPicture {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export interface TextRead {
  /** In the order of reading. */
  readonly text: readonly TextPlace[];
  /** What stands in each of them. */
  readonly words: readonly string[];
}

/** The part of tesseract.js-core that is used: Tesseract 5 as WebAssembly, which prints and keeps its files to itself. */
interface TesseractModule {
  readonly FS: { writeFile(path: string, bytes: Uint8Array): void };
  readonly TessBaseAPI: new () => TesseractApi;
}

interface TesseractApi {
  Init(folder: null, language: string, engineMode: number): number;
  SetVariable(name: string, value: string): boolean;
  /** Reads `/input`; 0: it could. */
  SetImageFile(exifOrientation: number, angle: number): number;
  Recognize(monitor: null): number;
  GetTSVText(page: number): string;
  Clear(): void;
}

const load = createRequire(__filename);
const unzip = promisify(gunzip);
const LANGUAGE = 'eng';
const LSTM_ONLY = 1;
/** Tesseract's own page segmentation: it looks for columns and lines of text, and passes over the rest. */
const SEGMENTATION = '3';
/** Of 100. Fabric, leaves and bricks look like letters to it, and it says so. */
const CONFIDENCE_MIN = 60;
const LINES_MAX = 200;
const LINE_CHARS_MAX = 500;
/** At least two letters or digits: single ones are edges and corners more often than words. */
const IS_WORD = /[\p{L}\p{N}].*[\p{L}\p{N}]/u;

let loading: Promise<{ readonly api: TesseractApi; readonly files: TesseractModule['FS'] }> | undefined;

/** Once per thread. */
export async function loadTextModel(): Promise<void> {
  loading ??= open();
  await loading;
}

export function textEngineName(): string {
  return `tesseract.js-core/${packageVersion('tesseract.js-core')} ${LANGUAGE}/${packageVersion('@tesseract.js-data/eng')} best_int`;
}

/** Latin letters, English words. None read is not the same as none there. */
export async function readText(picture: GreyPicture): Promise<TextRead> {
  loading ??= open();
  const { api, files } = await loading;
  const header = Buffer.from(`P5\n${picture.width} ${picture.height}\n255\n`);
  files.writeFile('/input', Buffer.concat([header, picture.data]));
  try {
    assert(api.SetImageFile(1, 0) === 0, 'a greymap that we wrote can be read');
    assert(api.Recognize(null) === 0, 'a picture that was read can be looked at');
    return linesOf(api.GetTSVText(0), picture);
  } finally {
    api.Clear();
  }
}

interface Word {
  readonly line: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly confidence: number;
  readonly text: string;
}

/** Words of one line together, in thousandths of the picture. */
export function linesOf(tsv: string, size: { readonly width: number; readonly height: number }): TextRead {
  const lines = new Map<string, Word[]>();
  for (const word of tsv.split('\n').flatMap(wordOf)) lines.set(word.line, [...(lines.get(word.line) ?? []), word]);
  const read = [...lines.values()].slice(0, LINES_MAX);
  const inside = (value: number, of: number): number => Math.min(1000, Math.max(0, Math.round((value * 1000) / of)));
  return {
    text: read.map((words) => {
      const left = inside(Math.min(...words.map((word) => word.left)), size.width);
      const top = inside(Math.min(...words.map((word) => word.top)), size.height);
      return {
        left,
        top,
        width: inside(Math.max(...words.map(({ right }) => right)), size.width) - left,
        height: inside(Math.max(...words.map(({ bottom }) => bottom)), size.height) - top,
        score: Math.round((10 * words.reduce((sum, { confidence }) => sum + confidence, 0)) / words.length),
      };
    }),
    words: read.map((words) =>
      words
        .map(({ text }) => text)
        .join(' ')
        .slice(0, LINE_CHARS_MAX),
    ),
  };
}

/** level, page, block, paragraph, line, word, left, top, width, height, confidence, text; level 5 is a word. */
function wordOf(row: string): readonly Word[] {
  const [level, page, block, paragraph, line, , left, top, width, height, confidence, ...rest] = row.split('\t');
  const text = rest.join(' ').trim();
  if (level !== '5' || Number(confidence) < CONFIDENCE_MIN || !IS_WORD.test(text)) return [];
  return [
    {
      line: [page, block, paragraph, line].join('.'),
      left: Number(left),
      top: Number(top),
      right: Number(left) + Number(width),
      bottom: Number(top) + Number(height),
      confidence: Number(confidence),
      text,
    },
  ];
}

async function open(): Promise<{ readonly api: TesseractApi; readonly files: TesseractModule['FS'] }> {
  blockNetwork(null);
  const core = load('tesseract.js-core/tesseract-core-simd-lstm') as (options: object) => Promise<TesseractModule>;
  const quiet = (): void => undefined;
  const module = await core({ print: quiet, printErr: quiet, TesseractProgress: quiet });
  const trained = join(packageFolder('@tesseract.js-data/eng'), '4.0.0_best_int', `${LANGUAGE}.traineddata.gz`);
  module.FS.writeFile(`./${LANGUAGE}.traineddata`, await unzip(readFileSync(trained)));
  const api = new module.TessBaseAPI();
  assert(api.Init(null, LANGUAGE, LSTM_ONLY) === 0, 'the model of the package fits the engine');
  api.SetVariable('tessedit_pageseg_mode', SEGMENTATION);
  // a picture has no true resolution; guessing one takes longer than it helps
  api.SetVariable('user_defined_dpi', '150');
  return { api, files: module.FS };
}
