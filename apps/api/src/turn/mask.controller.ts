import { createHash } from 'node:crypto';
import { AssetService } from '@imprimatur/domain/assets';
import { EditingService } from '@imprimatur/domain/editing';
import { type Context, ok, toPublicId } from '@imprimatur/kernel';
import { Pictures } from '@imprimatur/platform/images';
import { Controller, Headers, HttpCode, Post, UploadedFile, UseInterceptors } from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import { answerOf, Caller, Can, MutationRunner, RefusedException } from '../door/index.js';

/** Drawn masks: a PNG of the target's size; opaque or white may change. */
@Controller('masks')
export class MaskController {
  constructor(
    private readonly mutations: MutationRunner,
    private readonly assets: AssetService,
    private readonly editing: EditingService,
    private readonly pictures: Pictures,
  ) {}

  @Post()
  @HttpCode(201)
  @Can('submit', 'Turn')
  @UseInterceptors(FileInterceptor('file', { limits: { files: 1, fields: 5 } }))
  async draw(
    @Caller() context: Context,
    @Headers('idempotency-key') key: string | undefined,
    @UploadedFile() file: Express.Multer.File | undefined,
  ): Promise<object> {
    if (!key || !file) {
      const remedy = 'Send multipart/form-data with the PNG in the field `file`, and the header idempotency-key.';
      throw new RefusedException({ code: 'MASK_EMPTY', message: 'There is no mask in the request, or no idempotency key.', remedy }, 400);
    }
    const facts = answerOf(await this.pictures.inspectPicture(file.buffer));
    if (facts.format !== 'png') {
      throw new RefusedException({
        code: 'MASK_FORMAT_UNSUPPORTED',
        message: `A mask is a PNG, not ${facts.format}.`,
        remedy: 'Save it as PNG: other formats blur its edge.',
      });
    }
    const sha256 = createHash('sha256').update(file.buffer).digest();
    const mask = answerOf(
      await this.mutations.runDigested(context, { operation: 'drawMask', key, requestDigest: sha256 }, async (write) => {
        const blob = await this.assets.storeBlob(write, file.buffer, { format: 'png', subjects: [] });
        const drawn = await this.editing.drawMask(write, {
          asset: null,
          shape: { kind: 'png', blob: blob.id, sha256, width: facts.width, height: facts.height },
        });
        return drawn.ok ? ok(drawn.value.id) : drawn;
      }),
    );
    return { mask: { id: toPublicId('mask', mask) } };
  }
}
