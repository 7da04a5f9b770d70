import { createHmac } from 'node:crypto';
import type { Entry } from '@imprimatur/formats/ledger';
import { fromBase64, toPublicId } from '@imprimatur/kernel';
import type { Delivery, WebhookSecret } from './webhook.types.js';

export const SECRET_PREFIX = 'whsec_';
const SLACK_IDS_MAX = 10;

/** What a receiver is told: what happened, when, and to what. Whoever needs more asks the API, which knows what they may see. */
export interface WebhookMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const idsOf = ({ about }: Pick<Entry, 'about'>): readonly string[] => about.map(({ kind, id }) => `${kind}_${id}`);

/** Standard Webhooks: the same id and body at each attempt, another timestamp, one signature for each secret. */
export function standardMessage(delivery: Delivery, entry: Entry, secrets: readonly WebhookSecret[], now: Date): WebhookMessage {
  const id = toPublicId('delivery', delivery.id);
  const timestamp = Math.floor(now.getTime() / 1_000);
  const data = { entry: toPublicId('entry', delivery.entry), sequence: Number(delivery.sequence), ids: idsOf(entry) };
  const body = JSON.stringify({ type: delivery.type, timestamp: entry.at, data });
  return {
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': secrets.map(({ secret }) => signature(secret, `${id}.${timestamp}.${body}`)).join(' '),
    },
    body,
  };
}

/** As Slack's incoming webhooks take it. Types and ids are ours, so nothing in it needs escaping. */
export function slackMessage(delivery: Delivery, entry: Entry): WebhookMessage {
  const ids = idsOf(entry).slice(0, SLACK_IDS_MAX);
  const context = [entry.at, ...ids.map((id) => `\`${id}\``)].map((text) => ({ type: 'mrkdwn', text })).slice(0, SLACK_IDS_MAX);
  return {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      text: `${delivery.type}: ${ids.join(' ')}`,
      blocks: [
        { type: 'section', text: { type: 'mrkdwn', text: `*${delivery.type}*` } },
        { type: 'context', elements: context },
      ],
    }),
  };
}

function signature(secret: string, signed: string): string {
  return `v1,${createHmac('sha256', fromBase64(secret.slice(SECRET_PREFIX.length)))
    .update(signed)
    .digest('base64')}`;
}
