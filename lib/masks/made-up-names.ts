/** Names that nobody has. */

const GIVEN = [
  ...['Abena', 'Anders', 'Bela', 'Carmo', 'Dana', 'Elio', 'Farah', 'Greta'],
  ...['Hiro', 'Ines', 'Jonas', 'Kaya', 'Lior', 'Mina', 'Noa', 'Oskar'],
  ...['Petra', 'Quim', 'Rana', 'Silas', 'Tomas', 'Uma', 'Vera', 'Wim'],
  ...['Xenia', 'Yara', 'Zeno', 'Alma', 'Bruno', 'Clea', 'Dario', 'Emmy'],
]

const FAMILY = [
  ...['Ashfold', 'Birkvale', 'Calder', 'Dunmere', 'Elkwood', 'Fernby', 'Galdan', 'Hollis'],
  ...['Ilvane', 'Jarrow', 'Kestrel', 'Lindqv', 'Marlow', 'Norwell', 'Osterby', 'Penhall'],
  ...['Quarles', 'Ravensb', 'Selwood', 'Thornby', 'Ulverst', 'Vandal', 'Wexcomb', 'Yarwell'],
  ...['Zeller', 'Amberly', 'Brookfi', 'Corvane', 'Dellwyn', 'Estmere', 'Fairwel', 'Glenrow'],
]

/** The digits keep names apart that would be one without them. */
export function madeUpName(hash: Buffer): string {
  const given = GIVEN[hash.readUInt8(0) % GIVEN.length]
  const family = FAMILY[hash.readUInt8(1) % FAMILY.length]
  return `${given} ${family} ${hash.toString('hex', 2, 6)}`
}
