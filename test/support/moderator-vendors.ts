import { generateKeyPairSync } from 'node:crypto';
import { jwtVerify } from 'jose';
import { type Heard, ModeratorServer, no, type Said } from './moderator-server';
import { isSigned } from './sigv4';

export const SECRET = 'sk-a-secret-that-nobody-logs';

/** What a vendor says of one prompt or picture, in its own words; a test sets it. */
export interface Opinion<Words> {
  of: (content: string | Buffer) => Words;
}

const isJpeg = (bytes: Buffer): boolean => bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]));
const posts = ({ request }: Heard, path: string): boolean => request.method === 'POST' && request.url === path;

const OPENAI = [
  'harassment',
  'harassment/threatening',
  'hate',
  'hate/threatening',
  'illicit',
  'illicit/violent',
  'self-harm',
  'self-harm/intent',
];
const OPENAI_PICTURES = ['self-harm/instructions', 'sexual', 'violence', 'violence/graphic'];
const OPENAI_ALL = [...OPENAI, 'sexual/minors', ...OPENAI_PICTURES];

/** POST /v1/moderations as omni-moderation answers it: every category, those that do not look at pictures with 0 and no input type. */
export async function openAi(opinion: Opinion<Record<string, number | null>>): Promise<ModeratorServer> {
  return ModeratorServer.start((heard): Said => {
    if (!posts(heard, '/v1/moderations')) return no(404);
    if (heard.request.headers.authorization !== `Bearer ${SECRET}`) return no(401);
    const [part] = heard.json.input as { type: string; text?: string; image_url?: { url: string } }[];
    const data = /^data:image\/jpeg;base64,(.+)$/.exec(part?.image_url?.url ?? '')?.[1];
    const content = part?.type === 'image_url' ? Buffer.from(data ?? '', 'base64') : (part?.text ?? '');
    if (content.length === 0 || (typeof content !== 'string' && !isJpeg(content))) return no(400);
    const rated = opinion.of(content);
    const type = typeof content === 'string' ? 'text' : 'image';
    const applies = (category: string): boolean => type === 'text' || OPENAI_PICTURES.includes(category);
    const scores: Record<string, number | null> = Object.fromEntries(
      OPENAI_ALL.map((category) => [category, applies(category) ? 0.0001 : 0]),
    );
    return {
      status: 200,
      body: {
        id: 'modr-1',
        model: 'omni-moderation-2024-09-26',
        results: [
          {
            flagged: false,
            categories: Object.fromEntries(OPENAI_ALL.map((category) => [category, false])),
            category_scores: { ...scores, ...rated },
            category_applied_input_types: Object.fromEntries(
              [...OPENAI_ALL, ...Object.keys(rated)].map((category) => [category, applies(category) ? [type] : []]),
            ),
          },
        ],
      },
    };
  });
}

const AZURE = ['Hate', 'SelfHarm', 'Sexual', 'Violence'];

/** text:analyze and image:analyze of Azure AI Content Safety. */
export async function azure(opinion: Opinion<Record<string, number | null>>): Promise<ModeratorServer> {
  return ModeratorServer.start((heard): Said => {
    const { json, request } = heard;
    const what = /^\/contentsafety\/(text|image):analyze\?api-version=2024-09-01$/.exec(request.url ?? '')?.[1];
    if (!what) return no(404);
    if (request.headers['ocp-apim-subscription-key'] !== SECRET) return no(401, { error: { code: '401', message: 'no' } });
    const picture = Buffer.from((json.image as { content?: string } | undefined)?.content ?? '', 'base64');
    const text = typeof json.text === 'string' ? json.text : '';
    const tooLong = text.length > 10_000;
    const levels = what === 'text' ? 'EightSeverityLevels' : 'FourSeverityLevels';
    if (tooLong || json.outputType !== levels || (what === 'image' && !isJpeg(picture)))
      return no(400, { error: { code: 'InvalidRequestBody' } });
    const severities = { ...Object.fromEntries(AZURE.map((category) => [category, 0])), ...opinion.of(what === 'text' ? text : picture) };
    const categoriesAnalysis = Object.entries(severities).map(([category, severity]) => ({ category, severity }));
    return { status: 200, body: what === 'text' ? { blocklistsMatch: [], categoriesAnalysis } : { categoriesAnalysis } };
  });
}

export interface Label {
  readonly Name: string;
  readonly ParentName: string;
  readonly Confidence: number;
}

/** DetectModerationLabels of AWS Rekognition, whose signature it checks by itself. */
export async function rekognition(opinion: Opinion<readonly Label[]>): Promise<ModeratorServer> {
  const wrong = (type: string): Said => no(400, { __type: type, Message: 'no' });
  return ModeratorServer.start((heard): Said => {
    const { request, bytes, json } = heard;
    if (request.headers['x-amz-target'] !== 'RekognitionService.DetectModerationLabels') return wrong('UnknownOperationException');
    if (!isSigned(request, bytes, 'rekognition')) return wrong('InvalidSignatureException');
    const picture = Buffer.from((json.Image as { Bytes: string }).Bytes, 'base64');
    if (!isJpeg(picture)) return wrong('InvalidImageFormatException');
    const ModerationLabels = opinion.of(picture).filter(({ Confidence }) => Confidence >= (json.MinConfidence as number));
    return { status: 200, body: { ModerationLabels, ModerationModelVersion: '7.0', ContentTypes: [] } };
  });
}

export interface Filters {
  readonly [filter: string]: object;
}

export const TEMPLATE = 'projects/house/locations/europe-west4/templates/prompts';
const ran = { executionState: 'EXECUTION_SUCCESS' };
export const CLEAN: Filters = {
  rai: {
    raiFilterResult: {
      ...ran,
      matchState: 'NO_MATCH_FOUND',
      raiFilterTypeResults: Object.fromEntries(
        ['sexually_explicit', 'hate_speech', 'harassment', 'dangerous'].map((type) => [type, { matchState: 'NO_MATCH_FOUND' }]),
      ),
    },
  },
  pi_and_jailbreak: { piAndJailbreakFilterResult: { ...ran, matchState: 'NO_MATCH_FOUND' } },
  malicious_uris: { maliciousUriFilterResult: { ...ran, matchState: 'NO_MATCH_FOUND' } },
  csam: { csamFilterFilterResult: { ...ran, matchState: 'NO_MATCH_FOUND' } },
  sdp: { sdpFilterResult: { inspectResult: { ...ran, matchState: 'NO_MATCH_FOUND' } } },
};

/** sanitizeUserPrompt of Model Armor, and the token endpoint of the service account that it lets in. */
export class ModelArmorVendor {
  private readonly pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  private issued = 0;
  /** Tokens live for so long. */
  seconds = 3_600;
  invocationResult = 'SUCCESS';

  private constructor(private readonly opinion: Opinion<Filters>) {}

  readonly account = 'moderation@house.iam.gserviceaccount.com';
  private listening: ModeratorServer | undefined;

  static async start(opinion: Opinion<Filters>): Promise<ModelArmorVendor> {
    const vendor = new ModelArmorVendor(opinion);
    vendor.listening = await ModeratorServer.start((heard) => vendor.answer(heard));
    return vendor;
  }

  get server(): ModeratorServer {
    if (!this.listening) throw new Error('the vendor was started');
    return this.listening;
  }

  get tokenUri(): string {
    return `${this.server.url}/token`;
  }

  /** The service account's key file. */
  get keyFile(): object {
    return {
      type: 'service_account',
      client_email: this.account,
      private_key: this.pair.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      private_key_id: 'key-1',
      token_uri: this.tokenUri,
    };
  }

  get tokensIssued(): number {
    return this.issued;
  }

  /** Every token that was given is void. */
  revoke(): void {
    this.issued += 1;
  }

  private async answer(heard: Heard): Promise<Said> {
    if (posts(heard, '/token')) return this.token(heard);
    if (!posts(heard, `/v1/${TEMPLATE}:sanitizeUserPrompt`)) return no(404);
    if (heard.request.headers.authorization !== `Bearer ya29.${this.issued}`) return no(401);
    const { text } = heard.json.userPromptData as { text: string };
    const filterResults = { ...CLEAN, ...this.opinion.of(text) };
    return {
      status: 200,
      body: { sanitizationResult: { filterMatchState: 'NO_MATCH_FOUND', filterResults, invocationResult: this.invocationResult } },
    };
  }

  private async token({ bytes }: Heard): Promise<Said> {
    const form = new URLSearchParams(bytes.toString('utf8'));
    const checked = await jwtVerify(form.get('assertion') ?? '', this.pair.publicKey, {
      issuer: this.account,
      audience: this.tokenUri,
      requiredClaims: ['scope', 'iat', 'exp'],
      currentDate: new Date(this.now * 1000),
    }).catch(() => null);
    if (!checked || form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') return no(400, { error: 'invalid_grant' });
    this.issued += 1;
    return { status: 200, body: { access_token: `ya29.${this.issued}`, expires_in: this.seconds, token_type: 'Bearer' } };
  }

  /** Seconds since 1970 of the clock that the assertion is checked by. */
  now = performance.timeOrigin / 1000;
}
