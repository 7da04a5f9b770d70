import { newId, toPublicId } from '@imprimatur/kernel';
import type { ConsentRecord } from '../consent.types';
import { receiptDocument } from './receipt.document';

const GIVEN_AT = new Date('2026-11-23T12:00:00Z');
const given: ConsentRecord = {
  id: newId('consent'),
  version: 1,
  subject: newId('subject'),
  ageBand: 'adult',
  method: 'signed-form',
  notice: { text: 'You will be shown.', language: 'en' },
  representative: null,
  modelRelease: 'MR-LMR',
  propertyRelease: null,
  scope: {
    useCases: ['advertising', 'marketing'],
    kindsOfChange: ['retouch'],
    channels: ['web'],
    territories: ['DE'],
    providers: ['gemini'],
    training: false,
  },
  validFrom: GIVEN_AT,
  validUntil: new Date('2027-11-23T12:00:00Z'),
  state: 'given',
  registeredBy: newId('subject'),
  createdAt: GIVEN_AT,
};
const controller = { id: newId('tenant'), name: 'Example Studio' };

describe('a receipt', () => {
  it('says what was agreed to, with whom, and how to take it back', () => {
    const id = newId('receipt');
    const withdrawn: ConsentRecord = { ...given, version: 2, state: 'withdrawn', createdAt: new Date('2026-12-01T00:00:00Z') };
    const document = receiptDocument(id, controller, [given, withdrawn], new Date('2026-12-02T00:00:00Z'));
    expect(document).toMatchObject({
      receipt_metadata: { receipt_id: toPublicId('receipt', id), issued_at: '2026-12-02T00:00:00.000Z' },
      consent_record: {
        record_id: toPublicId('consent', given.id),
        record_version: 2,
        pii_principal_id: toPublicId('subject', given.subject),
      },
      pii_processing: {
        purposes: [{ purpose: 'advertising' }, { purpose: 'marketing', processing_methods: ['retouch'], channels: ['web'] }],
        geographic_restrictions: ['DE'],
        withdrawal_method: expect.stringContaining(`/receipts/${toPublicId('receipt', id)}/withdraw`) as string,
      },
      party_identification: [{ party_id: toPublicId('tenant', controller.id), party_name: 'Example Studio' }],
      events: [
        { event_state: 'given', event_time: '2026-11-23T12:00:00.000Z', validity: { until: '2027-11-23T12:00:00.000Z' } },
        { event_state: 'withdrawn', event_time: '2026-12-01T00:00:00.000Z' },
      ],
    });
  });

  it('names nobody who registered it, and is of something that was given', () => {
    expect(JSON.stringify(receiptDocument(newId('receipt'), controller, [given], GIVEN_AT))).not.toContain(given.registeredBy ?? '-');
    expect(() => receiptDocument(newId('receipt'), controller, [], GIVEN_AT)).toThrow(RangeError);
  });
});
