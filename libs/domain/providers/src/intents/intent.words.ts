import type { Operation } from '../operation.types.js';
import type { Intent } from './intent.types.js';

/** An intent in one short line, for tables of examples: `brightness +20, crop 16:9`, `ask WHERE`, `decline STYLE_UNSUPPORTED`. */
export function intentInWords({ operations, question, declined }: Intent): string {
  if (declined) return `decline ${declined.code}`;
  return question ? `ask ${question.code}` : operations.map(inWords).join(', ');
}

function inWords(operation: Operation): string {
  const at = 'area' in operation && operation.area ? ` @${Object.values(operation.area).join('/')}` : '';
  switch (operation.operation) {
    case 'brightness':
    case 'contrast':
    case 'saturation':
    case 'temperature':
    case 'sharpen':
      return `${operation.operation} ${operation.amountPercent}${at}`;
    case 'blur':
      return `blur ${operation.radiusPixels === null ? operation.amountPercent : `${operation.radiusPixels}px`}${at}`;
    case 'hue':
      return `hue ${operation.degrees}${at}`;
    case 'black-and-white':
      return `black-and-white${at}`;
    case 'recolour':
      return `recolour ${operation.colour}${at}`;
    case 'erase':
      return `erase${at}`;
    case 'text':
      return `text "${operation.text}" ${operation.position} ${operation.colour ?? 'auto'} ${operation.sizePermille}`;
    case 'rotate':
      return `rotate ${operation.centidegrees / 100}`;
    case 'flip':
      return `flip ${operation.axis}`;
    case 'flatten':
      return `flatten ${operation.background}`;
    case 'resize':
      return operation.to.kind === 'scale'
        ? `resize ${operation.to.percent}%`
        : `resize ${operation.to.width ?? '?'}x${operation.to.height ?? '?'}${operation.to.stretch ? ' stretch' : ''}`;
    case 'crop':
      return operation.to.kind === 'box'
        ? `crop ${Object.values(operation.to.box).join('/')}`
        : operation.to.kind === 'mask'
          ? 'crop mask'
          : operation.to.kind === 'pixels'
            ? `crop ${operation.to.left},${operation.to.top} ${operation.to.width}x${operation.to.height}px`
            : `crop ${operation.to.width}${operation.to.kind === 'aspect' ? ':' : 'x'}${operation.to.height}`;
  }
}
