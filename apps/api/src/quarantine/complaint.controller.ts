import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExportStatusRepository } from '@imprimatur/domain/exports';
import { CASE_GROUNDS, type Complaint } from '@imprimatur/domain/quarantine';
import { QuarantineFlow } from '@imprimatur/flows/quarantine';
import { type ExportId, newId, notFound, parseId, systemContext } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Body, Controller, Get, Header, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { answerOf, Costs, Public, RefusedException } from '../door/index.js';

const CSP = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const page = (name: string): string => readFileSync(join(__dirname, name), 'utf8');

/** A form is a string each; JSON may say `isGoodFaith: true`. */
interface ComplaintFields {
  readonly ground?: unknown;
  readonly statement?: unknown;
  readonly name?: unknown;
  readonly contact?: unknown;
  readonly isGoodFaith?: unknown;
}

/** For whoever finds themselves, or their work, in a picture that left this house. No account is asked for. */
@Controller('exports')
export class ComplaintController {
  private readonly form = page('complaint.html');
  private readonly thanks = page('complaint.thanks.html');

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly statuses: ExportStatusRepository,
    private readonly flow: QuarantineFlow,
  ) {}

  @Get(':id/complaint')
  @Public()
  @Costs(100)
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', CSP)
  async show(@Param('id') text: string): Promise<string> {
    const { id } = await this.located(text);
    return this.form.replaceAll('<!--EXPORT-->', `export_${id}`);
  }

  /** A form, or the same as JSON. 202: a case about the picture has its clock running. */
  @Post(':id/complaints')
  @Public()
  @Costs(2_000)
  @HttpCode(202)
  async complain(
    @Param('id') text: string,
    @Body() fields: ComplaintFields,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object | string> {
    const { id, tenant, asset } = await this.located(text);
    const context = systemContext(tenant, `complaint-${newId('request')}`);
    const opened = answerOf(
      await this.unitOfWork.write(context, (write) => this.flow.complain(write, { asset, export: id }, complaintOf(fields))),
    );
    const dueAt = opened.dueAt.toISOString();
    if (!accept?.includes('text/html')) return { complaint: { export: `export_${id}`, dueAt } };
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.setHeader('content-security-policy', CSP);
    return this.thanks.replace('<!--DUE-->', `${dueAt.slice(0, 16).replace('T', ' ')} UTC`);
  }

  private async located(text: string): Promise<{ id: ExportId } & NonNullable<Awaited<ReturnType<ExportStatusRepository['locate']>>>> {
    const id = parseId('export', text);
    const found = id && (await this.statuses.locate(id));
    if (!id || !found) throw new RefusedException(notFound('finished export'));
    return { id, ...found };
  }
}

function complaintOf({ ground, statement, name, contact, isGoodFaith }: ComplaintFields): Complaint {
  const known = CASE_GROUNDS.find((each) => each === ground);
  if (!known) {
    const remedy = `Name one of ${CASE_GROUNDS.join(', ')}.`;
    throw new RefusedException({ code: 'CASE_INVALID', message: 'The ground of the complaint is none.', remedy }, 422);
  }
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return {
    ground: known,
    statement: text(statement),
    name: text(name),
    contact: text(contact),
    isGoodFaith: isGoodFaith === true || isGoodFaith === 'true' || isGoodFaith === 'on',
  };
}
