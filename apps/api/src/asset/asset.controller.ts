import { createHash } from 'node:crypto';
import { AssetService, type RightsDeclaration } from '@imprimatur/domain/assets';
import { ScreeningService } from '@imprimatur/domain/moderation';
import { ManifestVerifier } from '@imprimatur/domain/provenance';
import { type Context, type JsonObject, notFound, ok, parseId, toPublicId, type VersionId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { PICTURE_FORMATS, type PictureFacts, Pictures } from '@imprimatur/platform/images';
import { LOGGER, type Logger } from '@imprimatur/platform/telemetry';
import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Query, Res, UploadedFile, UseInterceptors } from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import type { Response } from 'express';
import { answerOf, Caller, Can, MutationRunner, RefusedException } from '../door/index.js';

interface UploadFields {
  readonly name?: string;
  readonly rights?: string;
  readonly licence?: string;
}

const THUMBNAIL_DEFAULT_PX = 320;
const DECLARATIONS: Readonly<Record<string, RightsDeclaration>> = { OWNED: 'owned', LICENSED: 'licensed', UNKNOWN: 'unknown' };
/** PLUS: the vocabulary's terms that forbid use by machines begin so. */
const PROHIBITED = /DMI-PROHIBITED/;

/** The routes that bytes need. */
@Controller()
export class AssetController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly assets: AssetService,
    private readonly screenings: ScreeningService,
    private readonly pictures: Pictures,
    private readonly manifests: ManifestVerifier,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Multipart: `file`, and `name`, `rights` (OWNED, LICENSED, UNKNOWN), `licence`. Header `idempotency-key`. */
  @Post('assets')
  @HttpCode(201)
  @Can('create', 'Asset')
  @UseInterceptors(FileInterceptor('file', { limits: { files: 1, fields: 10, fieldSize: 10_000 } }))
  async upload(
    @Caller() context: Context,
    @Headers('idempotency-key') key: string | undefined,
    @UploadedFile() file: Express.Multer.File | undefined,
    @Body() fields: UploadFields,
  ): Promise<object> {
    const declared = DECLARATIONS[fields.rights ?? 'UNKNOWN'];
    if (!key)
      throw badRequest('IDEMPOTENCY_KEY_MISSING', 'The header idempotency-key is missing.', 'Send any text that is new for each upload.');
    if (!file)
      throw badRequest(
        'PICTURE_EMPTY',
        'There is no file in the request.',
        'Send multipart/form-data with the picture in the field `file`.',
      );
    if (!declared) throw badRequest('RIGHTS_UNKNOWN', 'rights is not one of OWNED, LICENSED, UNKNOWN.', 'Say who owns the picture.');
    const facts = answerOf(await this.pictures.inspectPicture(file.buffer));
    const { c2pa, forbidsMachines } = await this.credentials(file.buffer);
    const name = fields.name?.trim() || file.originalname || 'picture';
    const digest = createHash('sha256')
      .update(file.buffer)
      .update(JSON.stringify([name, declared, fields.licence ?? null]))
      .digest();
    const stored = answerOf(
      await this.mutations.runDigested(context, { operation: 'uploadAsset', key, requestDigest: digest }, async (write) => {
        const uploaded = await this.assets.upload(write, {
          bytes: file.buffer,
          name,
          facts,
          rights: { declared, licence: fields.licence ?? null, aiTraining: forbidsMachines ? 'prohibited' : aiTraining(facts) },
          c2pa,
        });
        if (!uploaded.ok) return uploaded;
        await this.screenings.request(write, uploaded.value.version.id);
        return ok({ asset: uploaded.value.asset.id, version: uploaded.value.version.id });
      }),
    );
    return { asset: { id: toPublicId('asset', stored.asset), name }, version: { id: toPublicId('version', stored.version) }, facts };
  }

  @Get('versions/:id/image')
  @Can('read', 'Picture')
  async image(@Caller() context: Context, @Param('id') text: string, @Res() response: Response): Promise<void> {
    const { bytes, version } = await this.picture(context, text);
    send(response, bytes, version.format, `version-${version.number}`);
  }

  @Get('versions/:id/thumbnail')
  @Can('read', 'Picture')
  async thumbnail(
    @Caller() context: Context,
    @Param('id') text: string,
    @Query('side') side: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    const { bytes } = await this.picture(context, text);
    const wanted = Number(side ?? THUMBNAIL_DEFAULT_PX);
    const thumbnail = await this.pictures.renderThumbnail(bytes, Number.isFinite(wanted) ? wanted : THUMBNAIL_DEFAULT_PX);
    send(response, thumbnail.bytes, 'jpeg', 'thumbnail');
  }

  /** What an existing C2PA manifest says, as the public validator sees it; null: there is none. A file that defeats the validator is still an upload. */
  private async credentials(bytes: Uint8Array): Promise<{ readonly c2pa: JsonObject | null; readonly forbidsMachines: boolean }> {
    try {
      const { report, manifest: read } = await this.manifests.examine(bytes);
      const { outcome, words, checks, manifest } = report;
      if (checks.some(({ codes }) => codes.includes('manifest.none'))) return { c2pa: null, forbidsMachines: false };
      const c2pa = {
        outcome,
        words,
        checks: checks.map((check) => ({ ...check, codes: [...check.codes] })),
        createdByAi: read?.createdByAi ?? false,
        manifest: manifest && { ...manifest, ingredients: manifest.ingredients.map((each) => ({ ...each })) },
      };
      return { c2pa, forbidsMachines: read?.forbidsMachines ?? false };
    } catch (error) {
      this.logger.warn({ err: error }, 'the manifest of an upload could not be read');
      return { c2pa: { outcome: 'unknown', words: 'The manifest could not be read.', checks: [], manifest: null }, forbidsMachines: false };
    }
  }

  private async picture(context: Context, text: string) {
    const id: VersionId | null = parseId('version', text);
    if (!id) throw new RefusedException(notFound('version'));
    return answerOf(await this.unitOfWork.read(context, (read) => this.assets.picture(read, id)));
  }
}

/** As an attachment that no browser runs or sniffs, and no shared cache keeps. */
export function send(response: Response, bytes: Uint8Array, format: string, name: string, cache = 'private, max-age=3600'): void {
  const known = PICTURE_FORMATS.find((each) => each === format);
  response.setHeader('content-type', known ? `image/${known}` : 'application/octet-stream');
  response.setHeader('content-disposition', `attachment; filename="${name}.${format === 'jpeg' ? 'jpg' : format}"`);
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('cache-control', cache);
  response.end(Buffer.from(bytes));
}

function aiTraining({ rights }: PictureFacts): 'prohibited' | 'unspecified' {
  return rights.dataMining !== null && PROHIBITED.test(rights.dataMining) ? 'prohibited' : 'unspecified';
}

function badRequest(code: string, message: string, remedy: string): RefusedException {
  return new RefusedException({ code, message, remedy }, 400);
}
