// Worksheet functions: what Excel knows about a call and xlwings' front end does not pass on.
// Loaded after utils.js (which makes xwRequest) and before the custom functions register themselves.
(() => {
  const shown = JSON.parse(document.getElementById("lowcarbon").textContent);
  const ROWS = 1048576;
  const LOGGED = 200;
  const NOT_AVAILABLE = "#N/A ";
  const own = { shown, log: [], changed: new EventTarget(), language, record, sheetAndCells };
  globalThis.lowcarbon = own;

  function language() {
    const chosen = localStorage.getItem("lowcarbonLanguage");
    if (chosen) return chosen;
    const display = Office.context?.displayLanguage || navigator.language || shown.language;
    return display.toLowerCase().startsWith("zh") ? "zh" : "en";
  }

  // One entry a cell or button: a new one takes the place of the former.
  function record(source, name, text, failed) {
    const before = own.log.findIndex((entry) => entry.source === source && entry.name === name);
    if (before >= 0) own.log.splice(before, 1);
    if (text) own.log.unshift({ time: new Date(), source, name, text, failed });
    own.log.length = Math.min(own.log.length, LOGGED);
    own.changed.dispatchEvent(new Event("log"));
  }

  function sheetAndCells(address) {
    const cut = address.lastIndexOf("!");
    let sheet = address.slice(0, cut);
    if (sheet.startsWith("'")) sheet = sheet.slice(1, -1).replaceAll("''", "'");
    return { sheet: sheet.replace(/^\[[^\]]*\]/, ""), book: /^\[([^\]]*)\]/.exec(sheet)?.[1], cells: address.slice(cut + 1) };
  }

  // What goes with a call; it travels through xlwings' code as a last argument and leaves it before the request.
  class Said {
    constructor(content) {
      this.content = content;
    }
  }

  const request = globalThis.xwRequest;
  const post = request.post;
  request.post = (url, body, options) => {
    const last = body?.args?.at?.(-1);
    if (last instanceof Said) {
      body = { ...body, args: body.args.slice(0, -1), lowcarbon: last.content };
    }
    return post(url, body, options);
  };

  const associate = CustomFunctions.associate.bind(CustomFunctions);
  CustomFunctions.associate = (name, compute) => associate(name, extended(name, compute));

  function extended(name, compute) {
    return async (...given) => {
      const invocation = given.pop();
      const places = invocation.parameterAddresses || [];
      try {
        const values = await blanksToldApart(given.map(trimmed), places);
        const content = { places, formulas: await formulasOf(name, places), language: language() };
        const result = await compute(...values, new Said(content), invocation);
        record(invocation.address, name, "", false);
        return result;
      } catch (error) {
        const missing = error.message?.startsWith(NOT_AVAILABLE);
        const text = missing ? error.message.slice(NOT_AVAILABLE.length) : error.message;
        record(invocation.address, name, text, true);
        throw missing ? new CustomFunctions.Error(CustomFunctions.ErrorCode.notAvailable, text) : error;
      }
    };
  }

  // Whole columns would be a million rows: those below the last filled one are not sent.
  function trimmed(value) {
    if (!Array.isArray(value) || value.length < ROWS) return value;
    let last = value.length - 1;
    while (last > 0 && value[last].every((cell) => cell === "" || cell === null || cell === 0)) last -= 1;
    return value.slice(0, last + 1);
  }

  // Some versions of Excel pass a blank cell as 0 (office-js 4702, 5262), and a blank is never 0: the sheet is asked.
  async function blanksToldApart(values, places) {
    const doubtful = values.flatMap((value, i) =>
      places[i] && Array.isArray(value) && value.some((row) => row.includes(0)) ? [i] : [],
    );
    if (!doubtful.length) return values;
    const types = await Excel.run(async (context) => {
      const ranges = doubtful.map((i) => rangeOf(context, places[i], values[i]).load("valueTypes"));
      await context.sync();
      return ranges.map((range) => range.valueTypes);
    });
    const told = [...values];
    doubtful.forEach((i, n) => {
      told[i] = values[i].map((row, r) => row.map((cell, c) => (cell === 0 && types[n][r][c] === "Empty" ? null : cell)));
    });
    return told;
  }

  function rangeOf(context, address, value) {
    const { sheet, cells } = sheetAndCells(address);
    const corner = context.workbook.worksheets.getItem(sheet).getRange(cells).getCell(0, 0);
    return corner.getResizedRange(value.length - 1, value[0].length - 1);
  }

  // WHY wants the formula behind a cell, and the cell that a spill comes from.
  async function formulasOf(name, places) {
    const wanted = (shown.references[name] || []).filter((i) => places[i]);
    if (!wanted.length) return {};
    return await Excel.run(async (context) => {
      const cells = wanted.map((i) => rangeOf(context, places[i], [[0]]).load("formulas,address"));
      const parents = cells.map((cell) => cell.getSpillParentOrNullObject().load("formulas,address"));
      await context.sync();
      const found = wanted.map((i, n) => {
        const source = parents[n].isNullObject ? cells[n] : parents[n];
        const text = String(source.formulas[0][0]);
        return [i, { text: text.startsWith("=") ? text : "", anchor: source.address }];
      });
      return Object.fromEntries(found);
    });
  }
})();
