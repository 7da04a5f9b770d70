import { type JsonObject, type ReceiptId, type TenantId, timestamp, toPublicId } from '@imprimatur/kernel';
import type { ConsentRecord } from '../consent.types.js';

/** Who processes the pictures: the tenant. */
export interface Controller {
  readonly id: TenantId;
  readonly name: string;
}

/**
 * What the person is given, with the sections and fields of a receipt of ISO/IEC TS 27560:2023: the receipt's own data and the record (header,
 * processing, parties, events). The person is named by pseudonym only. `history`: every version of the consent, oldest first, at least one.
 */
export function receiptDocument(id: ReceiptId, controller: Controller, history: readonly ConsentRecord[], issuedAt: Date): JsonObject {
  const [given] = history;
  const newest = history.at(-1) ?? given;
  if (!given || !newest) throw new RangeError('a receipt is of a consent that was given');
  return {
    receipt_metadata: {
      schema_version: 'ISO/IEC TS 27560:2023',
      receipt_id: toPublicId('receipt', id),
      issued_at: timestamp(issuedAt),
    },
    consent_record: {
      schema_version: 'ISO/IEC TS 27560:2023',
      record_id: toPublicId('consent', newest.id),
      record_version: newest.version,
      pii_principal_id: toPublicId('subject', newest.subject),
    },
    pii_processing: processingOf(newest, controller, id),
    party_identification: [
      {
        party_id: toPublicId('tenant', controller.id),
        party_name: controller.name,
        party_role: 'PII controller',
        party_type: 'organisation',
      },
    ],
    events: history.map((version) => ({
      consent_type: 'explicit',
      event_state: version.state,
      event_time: timestamp(version.createdAt),
      validity: { from: timestamp(version.validFrom), until: version.validUntil && timestamp(version.validUntil) },
      entity_id: toPublicId('subject', version.subject),
    })),
  };
}

function processingOf(
  { notice, scope, method, ageBand, representative }: ConsentRecord,
  controller: Controller,
  id: ReceiptId,
): JsonObject {
  return {
    privacy_notice: { text: notice.text, language: notice.language },
    lawful_basis: 'consent',
    pii_information: [{ pii_type: 'picture of the face', pii_principal_category: ageBand }],
    purposes: scope.useCases.map((useCase) => ({
      purpose: useCase,
      processing_methods: [...scope.kindsOfChange],
      channels: [...scope.channels],
    })),
    collection_method: method,
    given_by: representative === null ? 'pii principal' : `${representative.kind} (${representative.basis})`,
    third_parties: scope.providers.includes('*') ? ['any provider under terms of the controller'] : [...scope.providers],
    model_training: scope.training,
    pii_controllers: [toPublicId('tenant', controller.id)],
    geographic_restrictions: [...scope.territories],
    withdrawal_method: `On the page /receipt, or POST /receipts/${toPublicId('receipt', id)}/withdraw, with the capability that came with this receipt; no account is needed.`,
    privacy_rights: 'GET of the same address without /withdraw shows the uses of the picture.',
  };
}
