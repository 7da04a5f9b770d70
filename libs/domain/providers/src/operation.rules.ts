import type { KindOfChange } from './kind-of-change.js';
import type { Operation, OperationName, OperationTraits, Position } from './operation.types.js';

const enhanced = (kind: KindOfChange, action: string): OperationTraits => ({
  kind,
  action,
  digitalSourceType: 'algorithmicallyEnhanced',
  maskable: true,
});
const edited = (kind: KindOfChange, action: string, maskable = true): OperationTraits => ({
  kind,
  action,
  digitalSourceType: 'humanEdits',
  maskable,
});

/**
 * What each operation is declared as. Correcting tone, colour balance and sharpness leaves the content as it was; shifting hues,
 * recolouring, hiding, cutting, turning, labelling and erasing do not.
 */
export const OPERATION_TRAITS: Readonly<Record<OperationName, OperationTraits>> = {
  brightness: enhanced('tone', 'c2pa.adjustedColor'),
  contrast: enhanced('tone', 'c2pa.adjustedColor'),
  saturation: enhanced('colour', 'c2pa.adjustedColor'),
  temperature: enhanced('colour', 'c2pa.adjustedColor'),
  'black-and-white': enhanced('colour', 'c2pa.adjustedColor'),
  hue: edited('colour', 'c2pa.adjustedColor'),
  recolour: edited('recolour', 'c2pa.adjustedColor'),
  sharpen: enhanced('sharpness', 'c2pa.enhanced'),
  blur: edited('blur', 'c2pa.filtered'),
  rotate: edited('geometry', 'c2pa.orientation', false),
  flip: edited('geometry', 'c2pa.orientation', false),
  resize: { kind: 'geometry', action: 'c2pa.resized', digitalSourceType: 'algorithmicallyEnhanced', maskable: false },
  crop: edited('crop', 'c2pa.cropped', false),
  flatten: edited('other', 'c2pa.edited', false),
  text: edited('text', 'c2pa.edited'),
  erase: edited('erase', 'c2pa.edited'),
};

/** The kinds of change of an edit, each once, in the order of the operations. */
export function kindsOfChange(operations: readonly Operation[]): readonly KindOfChange[] {
  return [...new Set(operations.map(({ operation }) => OPERATION_TRAITS[operation].kind))];
}

const PLACES: Readonly<Record<Position, string>> = {
  'top-left': 'in the top left corner',
  top: 'at the top',
  'top-right': 'in the top right corner',
  left: 'on the left',
  centre: 'in the centre',
  right: 'on the right',
  'bottom-left': 'in the bottom left corner',
  bottom: 'at the bottom',
  'bottom-right': 'in the bottom right corner',
};

/** One operation in words for a person: what is done, not what was asked. */
export function describeOperation(operation: Operation): string {
  const where = 'area' in operation && operation.area ? ' in a part of it' : '';
  switch (operation.operation) {
    case 'brightness':
    case 'contrast':
    case 'saturation':
    case 'temperature':
      return `${operation.operation} ${signed(operation.amountPercent)} %${where}`;
    case 'hue':
      return `hue shifted by ${signed(operation.degrees)}°${where}`;
    case 'black-and-white':
      return `turned black and white${where}`;
    case 'recolour':
      return `recoloured to ${operation.colour}${where}`;
    case 'blur':
      return operation.radiusPixels === null
        ? `blurred by ${operation.amountPercent} %${where}`
        : `blurred with a radius of ${operation.radiusPixels} pixels${where}`;
    case 'sharpen':
      return `sharpened by ${operation.amountPercent} %${where}`;
    case 'erase':
      return `erased and filled in from the surroundings${where}`;
    case 'text':
      return `text added ${PLACES[operation.position]}`;
    default:
      return describeGeometry(operation);
  }
}

function describeGeometry(operation: Extract<Operation, { operation: 'rotate' | 'flip' | 'crop' | 'resize' | 'flatten' }>): string {
  switch (operation.operation) {
    case 'rotate':
      return `rotated ${Math.abs(operation.centidegrees) / 100}° ${operation.centidegrees < 0 ? 'counterclockwise' : 'clockwise'}`;
    case 'flip':
      return operation.axis === 'horizontal' ? 'flipped left to right' : 'flipped top to bottom';
    case 'flatten':
      return `transparency filled with ${operation.background}`;
    case 'resize':
      return operation.to.kind === 'scale'
        ? `resized to ${operation.to.percent} %`
        : `resized to ${operation.to.width ?? 'auto'} x ${operation.to.height ?? 'auto'} pixels`;
    case 'crop':
      return operation.to.kind === 'aspect' ? `cropped to ${operation.to.width}:${operation.to.height}` : 'cropped';
  }
}

const signed = (value: number): string => (value > 0 ? `+${value}` : String(value));
