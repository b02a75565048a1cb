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
        const values = await asInSheet(given, places);
        const content = { places, formulas: await formulasOf(name, places), language: language() };
        const result = await compute(...values, new Said(content), invocation);
        record(invocation.address, name, "", false);
        return result;
      } catch (error) {
        const missing = error.message?.startsWith(NOT_AVAILABLE);
        const text = missing ? error.message.slice(NOT_AVAILABLE.length) : error.message;
        record(invocation.address, name, text, true);
        throw missing ? new CustomFunctions.Error(CustomFunctions.ErrorCode.notAvailable, text) : asExcels(error);
      }
    };
  }

  // Only Excel's own kind of error keeps its text in the cell.
  function asExcels(error) {
    if (error instanceof CustomFunctions.Error) return error;
    return new CustomFunctions.Error(CustomFunctions.ErrorCode.invalidValue, error.message || String(error));
  }

  // What the values do not tell, the sheet does. Whole columns would be a million rows: those below the last used one are
  // not sent. Some versions of Excel pass a blank cell as 0 (office-js 4702, 5262), and a blank is never 0.
  async function asInSheet(values, places) {
    const whole = (value) => value.length >= ROWS;
    const doubtful = values.flatMap((value, i) =>
      places[i] && Array.isArray(value) && (whole(value) || value.some((row) => row.includes(0))) ? [i] : [],
    );
    if (!doubtful.length) return values;
    return await Excel.run(async (context) => {
      const workbook = context.workbook.load("name");
      await context.sync();
      const strange = doubtful.find((i) => isForeign(places[i], workbook.name));
      if (strange !== undefined) throw new Error(foreignText(places[strange]));
      const told = [...values];
      const columns = doubtful.filter((i) => whole(values[i]));
      const used = columns.map((i) => rangeAt(context, places[i]).getUsedRangeOrNullObject(true).load("rowIndex,rowCount"));
      await context.sync();
      columns.forEach((i, n) => {
        told[i] = values[i].slice(0, used[n].isNullObject ? 1 : used[n].rowIndex + used[n].rowCount);
      });
      const types = doubtful.map((i) => sized(rangeAt(context, places[i]), told[i]).load("valueTypes"));
      await context.sync();
      doubtful.forEach((i, n) => {
        const blank = (cell, r, c) => cell === 0 && types[n].valueTypes[r][c] === "Empty";
        told[i] = told[i].map((row, r) => row.map((cell, c) => (blank(cell, r, c) ? null : cell)));
      });
      return told;
    });
  }

  function isForeign(address, name) {
    const { book } = sheetAndCells(address);
    return book !== undefined && book !== name;
  }

  function foreignText(address) {
    return language() === "zh"
      ? `${address}：另一个工作簿里的空格和 0 分不清，没有计算。把数据复制到这个工作簿。`
      : `${address}: blanks and 0 of another workbook cannot be told apart; nothing was computed. Copy the data into this workbook.`;
  }

  function rangeAt(context, address) {
    const { sheet, cells } = sheetAndCells(address);
    return context.workbook.worksheets.getItem(sheet).getRange(cells);
  }

  function sized(range, value) {
    return range.getCell(0, 0).getResizedRange(value.length - 1, value[0].length - 1);
  }

  // WHY wants the formula behind a cell, and the cell that a spill comes from.
  async function formulasOf(name, places) {
    const referred = (shown.references[name] || []).filter((i) => places[i]);
    if (!referred.length) return {};
    return await Excel.run(async (context) => {
      const workbook = context.workbook.load("name");
      await context.sync();
      const wanted = referred.filter((i) => !isForeign(places[i], workbook.name));
      const cells = wanted.map((i) => rangeAt(context, places[i]).getCell(0, 0).load("formulas,address"));
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
