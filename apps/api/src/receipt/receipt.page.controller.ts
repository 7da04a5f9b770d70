import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HeldReceipt, ReceiptService } from '@imprimatur/domain/consent';
import { ReceiptFlow, type TakedownReport } from '@imprimatur/flows/consents';
import { parseId } from '@imprimatur/kernel';
import { Controller, Get, Header, Post, Req, Res } from '@nestjs/common';
import type { Response } from 'express';
import { answerOf, Costs, type DoorRequest, Public } from '../door/index.js';
import { REASON_DEFAULT, RECEIPT_COST } from './receipt.controller.js';
import { openingPage, standingPage, type TypedKey } from './receipt.page.js';

const FORM_BYTES_MAX = 16 * 1024;
const CSP = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const HTML = 'text/html; charset=utf-8';
const UNKNOWN = 'There is no such receipt, or this does not open it. Check both as they stand on what you were given.';

/** The same for people with a browser and nothing else: what they type is in the body of a form, never in an address. No script, no cookie. */
@Controller()
export class ReceiptPageController {
  private readonly style = readFileSync(join(__dirname, 'receipt.css'), 'utf8');

  constructor(
    private readonly receipts: ReceiptService,
    private readonly flow: ReceiptFlow,
  ) {}

  @Get('receipt')
  @Public()
  @Header('content-type', HTML)
  @Header('content-security-policy', CSP)
  open(): string {
    return openingPage(null);
  }

  @Get('receipt.css')
  @Public()
  @Header('content-type', 'text/css; charset=utf-8')
  @Header('cache-control', 'public, max-age=300')
  css(): string {
    return this.style;
  }

  @Post('receipt')
  @Public()
  @Costs(RECEIPT_COST)
  @Header('content-type', HTML)
  @Header('content-security-policy', CSP)
  async show(@Req() request: DoorRequest, @Res({ passthrough: true }) response: Response): Promise<string> {
    return this.answer(await formOf(request), request.id, response, async () => null);
  }

  @Post('receipt/withdraw')
  @Public()
  @Costs(RECEIPT_COST)
  @Header('content-type', HTML)
  @Header('content-security-policy', CSP)
  async withdraw(@Req() request: DoorRequest, @Res({ passthrough: true }) response: Response): Promise<string> {
    const form = await formOf(request);
    return this.answer(form, request.id, response, async (held) =>
      form?.get('sure') === 'yes'
        ? answerOf(await this.flow.withdraw(held, form.get('reason')?.trim() || REASON_DEFAULT, request.id))
        : null,
    );
  }

  /** How it stands after `act`; or the form again, with 404, where it opens nothing. */
  private async answer(
    form: URLSearchParams | null,
    requestId: string,
    response: Response,
    act: (held: HeldReceipt) => Promise<TakedownReport | null>,
  ): Promise<string> {
    const key: TypedKey = { receipt: form?.get('receipt')?.trim() ?? '', capability: form?.get('capability')?.trim() ?? '' };
    const id = parseId('receipt', key.receipt);
    const held = id && (await this.receipts.held(id, key.capability));
    response.status(held ? 200 : 404);
    if (!held) return openingPage(UNKNOWN);
    const report = await act(held);
    return standingPage(await this.flow.show(held, requestId), key, report);
  }
}

/** Null: no form, or a larger one than people send. */
async function formOf(request: DoorRequest): Promise<URLSearchParams | null> {
  if (!request.is('application/x-www-form-urlencoded') || request.headers['content-encoding'] !== undefined) return null;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > FORM_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}
