<?php
// stream.php - PHP's ftp:// and ftps:// wrapper, for t/clients-php.t: each
// step is a session of its own.

if (($argv[1] ?? '') === '--version') {
	echo phpversion(), "\n";
	exit(0);
}

function url($name)
{
	$host = getenv('FTP_HOST');
	if (strpos($host, ':') !== false)
		$host = "[$host]";
	// It asks for absolute paths, and alice's root is the machine's.
	$dir = getenv('FTP_USER') === 'alice' ? 'home/alice/' : '';
	return (getenv('FTP_TLS') ? 'ftps' : 'ftp') . '://' . getenv('FTP_USER') .
	    ':' . getenv('FTP_PASSWORD') . "@$host:21/$dir$name";
}

$context = stream_context_create(['ftp' => ['overwrite' => true],
    'ssl' => ['cafile' => getenv('FTP_CA')]]);
while (($line = fgets(STDIN)) !== false) {
	[$verb, $one, $two] = explode("\t", rtrim($line, "\n")) + [2 => ''];
	$ok = match ($verb) {
		'list' => print(implode("\n", scandir(url($one), 0, $context))),
		'get' => copy(url($one), $two, $context),
		'put' => copy($one, url($two), $context),
		'rename' => rename(url($one), url($two), $context),
		'remove' => unlink(url($one), $context),
		'mkdir' => mkdir(url($one), 0777, false, $context),
		'rmdir' => rmdir(url($one), $context),
	};
	if ($ok === false)
		exit(1);
}
