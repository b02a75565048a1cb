// A stand-in for office.js: a workbook of plain values, and the calls of Office that the add-in makes.
// DATA (sheets, calls, file, key) stands before this text; what happened is posted to /report.
(() => {
  const sheets = new Map(Object.entries(DATA.sheets).map(([name, rows]) => [name, { name, rows, state: "Visible" }]));
  const said = { associated: {}, actions: {}, written: [], looks: [], names: [], inserted: [], states: {}, errors: [] };
  window.addEventListener("error", (event) => said.errors.push(event.message));
  window.addEventListener("unhandledrejection", (event) => said.errors.push(String(event.reason?.message || event.reason)));
  localStorage.setItem("lowcarbonKey", DATA.key);
  localStorage.setItem("lowcarbonLanguage", DATA.language);

  const number = (letters) => [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
  const letters = (n) => (n > 26 ? letters(Math.floor((n - 1) / 26)) : "") + String.fromCharCode(65 + ((n - 1) % 26));

  function corners(cells) {
    const [first, last = first] = cells.replaceAll("$", "").split(":");
    if (/^[A-Z]+$/.test(first)) return [1, number(first), 1048576, number(last)];
    const place = (cell) => [Number(cell.replace(/\D/g, "")), number(cell.replace(/\d/g, ""))];
    return [...place(first), ...place(last)];
  }

  // Blanks are what Excel for Windows makes of them: 0. The sheet knows better.
  function cell(sheet, row, column) {
    return sheet.rows[row - 1]?.[column - 1] ?? null;
  }

  function range(sheet, [top, left, bottom, right]) {
    const map = (of) => {
      const rows = [];
      for (let i = top; i <= bottom; i++) {
        const row = [];
        for (let j = left; j <= right; j++) row.push(of(cell(sheet, i, j)));
        rows.push(row);
      }
      return rows;
    };
    const own = (name, keep) => ({ set: (value) => keep.push({ sheet: sheet.name, address: own.address, name, value }) });
    own.address = `${letters(left)}${top}:${letters(right)}${bottom}`;
    const font = Object.defineProperties({}, { bold: own("bold", said.looks), italic: own("italic", said.looks), color: own("color", said.looks) });
    const fill = Object.defineProperties({ clear() {} }, { color: own("fill", said.looks) });
    const format = Object.defineProperty({ font, fill }, "columnWidth", own("width", said.looks));
    const made = {
      load: () => made,
      format,
      address: `${sheet.name}!${letters(left)}${top}`,
      select: () => (said.selected = made.address),
      get values() {
        return map((value) => value ?? "");
      },
      rowIndex: top - 1,
      rowCount: bottom - top + 1,
      columnIndex: left - 1,
      columnCount: right - left + 1,
      getCell: (i, j) => range(sheet, [top + i, left + j, top + i, left + j]),
      getResizedRange: (i, j) => range(sheet, [top, left, bottom + i, right + j]),
      getUsedRangeOrNullObject() {
        const used = { rowIndex: 0, rowCount: sheet.rows.length, load: () => used };
        return used;
      },
      getSpillParentOrNullObject() {
        const parent = sheet.formula ? range(sheet, [1, 1, 1, 1]) : { isNullObject: true };
        return { ...parent, load: () => (sheet.formula ? parent : { isNullObject: true }) };
      },
      get valueTypes() {
        return map((value) => (value === null ? "Empty" : typeof value === "number" ? "Double" : "String"));
      },
      get formulas() {
        return sheet.formula ? [[sheet.formula]] : map((value) => value ?? "");
      },
      set formulas(rows) {
        said.written.push({ sheet: sheet.name, address: own.address, rows });
      },
      set numberFormat(value) {
        said.looks.push({ sheet: sheet.name, address: own.address, name: "numberFormat", value });
      },
    };
    return made;
  }

  function names(owner) {
    return {
      getItemOrNullObject: () => ({ isNullObject: true, load: () => ({ isNullObject: true }) }),
      add: (name, formula) => said.names.push({ owner, name, formula }),
    };
  }

  function worksheet(name) {
    if (!sheets.has(name)) throw new Error(`there is no sheet ${name}`);
    const sheet = sheets.get(name);
    const made = {
      name,
      id: name,
      load: () => made,
      onChanged: { add: (told) => (sheet.told = told) },
      getRangeByIndexes: (row, column, rows, columns) => range(sheet, [row + 1, column + 1, row + rows, column + columns]),
      names: names(name),
      getRange: (cells) => range(sheet, corners(cells)),
      getUsedRangeOrNullObject: () => range(sheet, [1, 1, sheet.rows.length, sheet.rows[0].length]),
      activate: () => (said.active = name),
      delete: () => sheets.delete(name),
      set visibility(state) {
        said.states[name] = state;
      },
    };
    return made;
  }

  const workbook = {
    name: "conformance.xlsx",
    load: () => workbook,
    names: names(null),
    worksheets: {
      items: [],
      load() {
        return this;
      },
      getItem: worksheet,
      getItemOrNullObject: (name) => (sheets.has(name) ? worksheet(name) : { isNullObject: true, load: () => ({ isNullObject: true }) }),
    },
    getSelectedRange: () => ({ load: () => ({ address: DATA.selection }) }),
    insertWorksheetsFromBase64(file, { sheetNamesToInsert }) {
      said.inserted.push({ size: file.length, sheets: sheetNamesToInsert });
      for (const name of sheetNamesToInsert) sheets.set(name, { name, rows: [[null]] });
    },
  };
  const application = { cultureInfo: { name: "zh-CN", load() {}, datetimeFormat: { shortDatePattern: "yyyy/m/d", load() {} } } };
  const context = { workbook, application, sync: async () => {} };
  globalThis.Excel = { run: async (work) => await work(context), RequestContext: function () { return context; } };
  globalThis.CustomFunctions = {
    associate: (name, compute) => (said.associated[name] = compute),
    ErrorCode: { invalidValue: "#VALUE!", notAvailable: "#N/A" },
    Error: class extends Error {
      constructor(code, message) {
        super(message);
        this.code = code;
      }
    },
  };
  const ready = { host: "Excel", platform: "PC" };
  globalThis.Office = {
    onReady: async (then) => (then?.(ready), ready),
    context: {
      displayLanguage: "zh-CN",
      requirements: { isSetSupported: () => true },
      document: {
        getFileAsync: (type, options, done) =>
          done({
            status: "succeeded",
            value: {
              sliceCount: 1,
              getSliceAsync: (i, then) => then({ status: "succeeded", value: { data: Uint8Array.from(atob(DATA.file), (c) => c.charCodeAt(0)) } }),
              closeAsync() {},
            },
          }),
      },
    },
    actions: { associate: (name, run) => (said.actions[name] = run) },
    addin: { showAsTaskpane() {} },
    AsyncResultStatus: { Succeeded: "succeeded" },
    FileType: { Compressed: "compressed" },
  };

  // Excel's part of one call: values (blanks as 0), places, then the answer or the error that the cell shows.
  async function compute({ id, name, args }) {
    const values = args.map((arg) => {
      if (arg === null) return null;
      if (!arg.place) return [[arg.value]];
      const [top, left, bottom, right] = corners(arg.cells);
      const rows = sheets.get(arg.sheet)?.rows || [[null]];
      const shown = [];
      for (let i = top; i <= bottom; i++) {
        const row = [];
        for (let j = left; j <= right; j++) row.push(rows[i - 1]?.[j - 1] ?? 0);
        shown.push(row);
      }
      return shown;
    });
    const invocation = { address: `${id}!A1`, parameterAddresses: args.map((arg) => arg?.place ?? null) };
    try {
      const result = await said.associated[name](...values, invocation);
      return { id, result };
    } catch (error) {
      return { id, code: error.code, message: error.message };
    }
  }

  const until = async (holds) => {
    for (let i = 0; i < 600 && !holds(); i++) await new Promise((next) => setTimeout(next, 100));
  };

  // The plan as the pane lists it, a run of one of its rows, and what the pane says when the sheet then changes.
  async function planRun(text) {
    await until(() => document.getElementById("models"));
    const listed = () => [...document.querySelectorAll("#models li")].map((model) => [...model.querySelectorAll("b, span, p")].map((part) => part.textContent));
    const before = listed();
    document.getElementById("plan-selected").click(); // is disabled: nothing is chosen
    document.getElementById(`model-${DATA.planRow}`).click();
    document.getElementById("plan-selected").click();
    const busy = document.getElementById("plan-all").disabled;
    await until(() => !document.getElementById("plan-all").disabled);
    const sheet = sheets.get("模型");
    sheet.rows = sheet.rows.map((row, i) => (i === DATA.planRow - 1 ? [...row.slice(0, -1), "✓ 100"] : row));
    await sheet.told();
    await until(() => text("models").includes("✓ 100"));
    return { before, busy, after: listed(), ran: text("status-text"), counts: text("plan").includes("完成\u00a02 · 失败\u00a01") };
  }

  window.addEventListener("load", async () => {
    await until(() => Object.keys(said.associated).length && globalThis.lowcarbon?.runButton && Object.keys(said.actions).length);
    const answers = [];
    for (const call of DATA.calls) {
      sheets.set(call.id, { name: call.id, rows: [[null]], formula: call.formula });
      answers.push(await compute(call));
    }
    const text = (id) => document.getElementById(id).textContent;
    const shots = { log: text("entries"), count: text("count"), language: document.documentElement.lang };
    let completed = 0;
    await said.actions[DATA.press]({ completed: () => (completed += 1) });
    shots.pressed = text("status-text");
    shots.buttons = document.querySelectorAll("#buttons button").length;
    shots.plan = await planRun(text);
    document.getElementById("tab-manual").click();
    const search = document.getElementById("search");
    search.value = DATA.search;
    search.dispatchEvent(new Event("input"));
    shots.found = [...document.querySelectorAll("#functions summary b")].map((found) => found.textContent);
    document.getElementById("language").click();
    shots.other = text("tab-settings");
    document.getElementById("save").click();
    await until(() => text("status-text").includes("ann"));
    shots.foreign = await compute({ ...DATA.calls[0], args: [{ ...DATA.calls[0].args[0], sheet: "插值", cells: "A1:E7", place: "[Other.xlsx]面板!A1:E7" }] });
    shots.checked = text("status-text");
    const { associated, actions, ...rest } = said;
    const report = { answers, shots, completed, functions: Object.keys(associated), actions: Object.keys(actions), ...rest };
    await fetch("/report", { method: "POST", body: JSON.stringify(report) });
  });
})();
