// SPDX-License-Identifier: Apache-2.0
// Added to pages by `holdfast dev`: shows why code cannot be put in place, and loads changed files.
(() => {
  let news; // while the page is seen: a browser has six connections to a host for all of its tabs
  let changes; // that this page knows of
  let notice;

  function close() {
    notice?.remove();
    notice = undefined;
  }

  function show(text) {
    close();
    notice = document.createElement('div');
    notice.setAttribute('role', 'alert');
    notice.id = 'holdfast-problem';
    // Set one by one: a page's Content-Security-Policy may forbid styles written in markup.
    Object.assign(notice.style, {
      position: 'fixed', inset: '0', zIndex: '2147483647', overflow: 'auto', boxSizing: 'border-box',
      padding: '2rem', background: 'rgba(20, 20, 24, .94)', color: '#f4f4f5',
      font: '14px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
    });
    const title = document.createElement('strong');
    title.textContent = 'The code before stays in place';
    Object.assign(title.style, { color: '#fca5a5', fontSize: '16px' });
    const message = document.createElement('pre');
    message.textContent = text;
    Object.assign(message.style, { whiteSpace: 'pre-wrap', font: 'inherit' });
    const hide = document.createElement('button');
    hide.type = 'button';
    hide.textContent = 'Hide';
    Object.assign(hide.style, { position: 'absolute', top: '1.5rem', right: '2rem', font: 'inherit' });
    hide.addEventListener('click', close);
    notice.append(title, message, hide);
    document.body.append(notice);
  }

  /** Loads style sheets anew without the page; false if one of the paths is not one of this page. */
  function restyle(paths) {
    const sheets = [...document.querySelectorAll('link[rel~="stylesheet"]')];
    const links = paths.map(path => sheets.find(link => new URL(link.href).pathname === path));
    if (links.some(link => !link)) {
      return false;
    }
    for (const link of links) {
      const url = new URL(link.href);
      url.searchParams.set('changed', Date.now());
      link.href = url;
    }
    return true;
  }

  function listen() {
    news?.close();
    news = undefined;
    if (document.visibilityState !== 'visible') {
      return;
    }
    news = new EventSource('/.holdfast/live');
    news.addEventListener('hello', event => {
      if (changes !== undefined && changes !== event.data) {
        location.reload();
      }
      changes = event.data;
    });
    news.addEventListener('problem', event => show(event.data));
    news.addEventListener('fine', close);
    news.addEventListener('files', event => {
      changes = event.lastEventId;
      if (!restyle(event.data.split('\n'))) {
        location.reload();
      }
    });
  }

  document.addEventListener('visibilitychange', listen);
  listen();
})();
