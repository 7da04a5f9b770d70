import { AssetService } from '@imprimatur/domain/assets';
import { EditingService, type Session } from '@imprimatur/domain/editing';
import { PolicyService } from '@imprimatur/domain/policies';
import { conditionNotMet, DecisionReader, type ReviewCondition } from '@imprimatur/domain/review';
import type { ItemId, Refusal, VersionId } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** Prefix of an export's failure that a condition caused. */
const CONDITION = 'condition.';

/** How an export meets conditions: where it goes, and what whoever asks for it declares. */
export interface ExportClaims {
  readonly channel: string;
  readonly declares: readonly string[];
}

/** The first condition that the export does not meet, or null. */
export function unmetCondition(conditions: readonly ReviewCondition[], { channel, declares }: ExportClaims): ReviewCondition | null {
  const isMet = ({ kind, code, channels }: ReviewCondition): boolean =>
    kind === 'channels' ? channels.includes(channel) : declares.includes(code);
  return conditions.find((condition) => !isMet(condition)) ?? null;
}

export function conditionFailure({ code }: ReviewCondition): string {
  return `${CONDITION}${code}`;
}

/** What approvals demand of exports, asked when one is wanted; the export gate asks again at the door. */
@Injectable()
export class ExportConditions {
  constructor(
    private readonly reader: DecisionReader,
    private readonly assets: AssetService,
    private readonly editing: EditingService,
    private readonly policies: PolicyService,
  ) {}

  /** Null: it meets them, or is not released, which the export itself refuses. */
  async refusal(read: ReadContext, id: VersionId, declares: readonly string[]): Promise<Refusal | null> {
    const lineage = await this.assets.lineage(read, id);
    const [version] = lineage;
    const session = version?.releasedAt ? await this.sessionOf(read, version.item) : null;
    if (!session) return null;
    const conditions = await this.reader.exportConditions(read, lineage);
    const unmet = unmetCondition(conditions, { channel: session.channel, declares });
    return unmet && conditionNotMet(unmet.code, remedyFor(unmet));
  }

  /** What to do about an export that failed with this code; null: nobody knows. */
  async remedy(read: ReadContext, failure: string): Promise<string | null> {
    if (failure.startsWith(CONDITION))
      return 'Export it again as its approval demands: for a channel that it names, or declaring that its conditions are met.';
    const policy = await this.policies.active(read);
    return policy.status === 'ready' ? (policy.rules.find(({ id }) => id === failure)?.remedy ?? null) : null;
  }

  private async sessionOf(read: ReadContext, item: ItemId | null): Promise<Session | null> {
    const [found] = item === null ? [] : await this.editing.findItems(read, [item]);
    const [turn] = found ? await this.editing.findTurns(read, [found.turn]) : [];
    const [session] = turn ? await this.editing.findSessions(read, [turn.session]) : [];
    return session ?? null;
  }
}

function remedyFor({ kind, code, channels }: ReviewCondition): string {
  return kind === 'channels'
    ? `Export it from a session for: ${channels.join(', ')}.`
    : `Do what it demands, and export it declaring '${code}'.`;
}
