// Buttons: the workbook goes to the server as a file, and what the button changed comes back and is repeated here.
(() => {
  const SLICE = 4 * 1024 * 1024;
  const STATES = { visible: "Visible", hidden: "Hidden", veryHidden: "VeryHidden" };
  let running = null;

  globalThis.lowcarbon.press = async (button, show = () => {}, selection = null) => {
    if (running) throw new Error(say(`“${running}”还在运行`, `${running} is still running`));
    running = button;
    try {
      show(say("读取工作簿", "Reading the workbook"), 0, 0);
      const open = await nameAndSelection();
      const request = { workbook: await workbookFile(), ...open, language: lowcarbon.language() };
      if (selection) request.selection = selection;
      const { message, changes, sheets } = await send(button, request, show);
      show(say("写入工作簿", "Writing to the workbook"), 0, 0);
      await repeat(changes, sheets);
      lowcarbon.record("", button, message, false);
      return message;
    } catch (error) {
      lowcarbon.record("", button, error.message, true);
      throw error;
    } finally {
      running = null;
    }
  };

  function say(zh, en) {
    return lowcarbon.language() === "zh" ? zh : en;
  }

  function answer(ask) {
    return new Promise((resolve, reject) =>
      ask((result) =>
        result.status === Office.AsyncResultStatus.Succeeded ? resolve(result.value) : reject(new Error(result.error.message)),
      ),
    );
  }

  async function workbookFile() {
    const file = await answer((done) =>
      Office.context.document.getFileAsync(Office.FileType.Compressed, { sliceSize: SLICE }, done),
    );
    try {
      let binary = "";
      for (let i = 0; i < file.sliceCount; i++) {
        const slice = await answer((done) => file.getSliceAsync(i, done));
        const bytes = new Uint8Array(slice.data);
        for (let at = 0; at < bytes.length; at += 32768) {
          binary += String.fromCharCode(...bytes.subarray(at, at + 32768));
        }
      }
      return btoa(binary);
    } finally {
      file.closeAsync();
    }
  }

  async function nameAndSelection() {
    return await Excel.run(async (context) => {
      const workbook = context.workbook.load("name");
      const selected = context.workbook.getSelectedRange().load("address");
      try {
        await context.sync();
      } catch {
        return { name: workbook.name, selection: null }; // a picture or several ranges are selected
      }
      return { name: workbook.name, selection: selected.address };
    });
  }

  // XMLHttpRequest, since fetch ends after a minute in Excel for Mac.
  async function send(button, request, show) {
    const auth = await globalThis.getAuth();
    return await new Promise((resolve, reject) => {
      const xhr = new XMLHttpRequest();
      let read = 0;
      let outcome = null;
      const lines = () => {
        const end = xhr.responseText.lastIndexOf("\n") + 1;
        const fresh = xhr.responseText.slice(read, end);
        read = end;
        for (const line of fresh.split("\n").filter(Boolean)) {
          const said = JSON.parse(line);
          if (said.progress) show(said.progress[2], said.progress[0], said.progress[1]);
          else outcome = said;
        }
      };
      xhr.open("POST", `${config.appPath}/lowcarbon/press/${button}`);
      xhr.setRequestHeader("Content-Type", "application/json");
      xhr.setRequestHeader("Authorization", auth.token);
      xhr.setRequestHeader("Auth-Provider", auth.provider);
      xhr.timeout = config.requestTimeout * 1000;
      xhr.onprogress = () => xhr.status === 200 && lines();
      xhr.onload = () => {
        if (xhr.status !== 200) return reject(new Error(refusal(xhr)));
        lines();
        if (outcome?.done) return resolve(outcome.done);
        reject(new Error(outcome?.error || say("服务器没有答复", "The server did not answer")));
      };
      xhr.onerror = () => reject(new Error(say("连不上服务器", "The server cannot be reached")));
      xhr.ontimeout = () => reject(new Error(say("服务器超时", "The server did not answer in time")));
      xhr.send(JSON.stringify(request));
    });
  }

  function refusal(xhr) {
    try {
      return JSON.parse(xhr.responseText).detail || xhr.responseText;
    } catch {
      return xhr.responseText || xhr.statusText;
    }
  }

  async function repeat(changes, sheets) {
    await Excel.run(async (context) => {
      const worksheets = context.workbook.worksheets;
      for (const name of changes.removed) worksheets.getItem(name).delete();
      if (sheets) {
        context.workbook.insertWorksheetsFromBase64(sheets, {
          sheetNamesToInsert: changes.created,
          positionType: Excel.WorksheetPositionType?.end || "End",
        });
      }
      await context.sync();
      await repeatNames(context, changes.names);
      for (const block of changes.formulas) rangeOf(context, block).formulas = block.formulas;
      for (const look of changes.looks) repeatLook(rangeOf(context, look), look);
      for (const { sheet, column, width } of changes.widths) {
        worksheets.getItem(sheet).getRange(`${column}:${column}`).format.columnWidth = (width * 7 + 5) * 0.75;
      }
      if (changes.active) worksheets.getItem(changes.active).activate();
      for (const [name, state] of Object.entries(changes.states)) worksheets.getItem(name).visibility = STATES[state];
      await context.sync();
    });
  }

  function rangeOf(context, { sheet, address }) {
    return context.workbook.worksheets.getItem(sheet).getRange(address);
  }

  function repeatLook(range, { numberFormat, bold, italic, color, fill }) {
    range.numberFormat = numberFormat;
    range.format.font.bold = bold;
    range.format.font.italic = italic;
    if (color) range.format.font.color = color;
    if (fill) range.format.fill.color = fill;
    else range.format.fill.clear();
  }

  async function repeatNames(context, names) {
    const owner = ({ sheet }) => (sheet ? context.workbook.worksheets.getItem(sheet) : context.workbook).names;
    const known = names.map((entry) => owner(entry).getItemOrNullObject(entry.name).load("name"));
    await context.sync();
    names.forEach((entry, i) => {
      if (!known[i].isNullObject) known[i].delete();
      if (entry.formula) owner(entry).add(entry.name, entry.formula);
    });
    await context.sync();
  }
})();
