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

function append($name, $text, $context)
{
	$file = fopen(url($name), 'a', false, $context);
	return $file && fwrite($file, $text) === strlen($text) && fclose($file);
}

// What follows the part that is there.
function reget($remote, $local)
{
	$context = stream_context_create(
	    ['ftp' => ['resume_pos' => filesize($local)]]);
	return file_put_contents($local, fopen(url($remote), 'r', false, $context),
	    FILE_APPEND);
}

function get_time($remote, $local, $context)
{
	return copy(url($remote), $local, $context) &&
	    touch($local, filemtime(url($remote)));
}

function get_tree($remote, $local, $context)
{
	mkdir($local);
	foreach (scandir(url($remote), 0, $context) as $name) {
		if (is_dir(url("$remote/$name")))
			get_tree("$remote/$name", "$local/$name", $context);
		else if (!copy(url("$remote/$name"), "$local/$name", $context))
			return false;
	}
	return true;
}

function put_tree($local, $remote, $context)
{
	if (!mkdir(url($remote), 0777, false, $context))
		return false;
	foreach (array_diff(scandir($local), ['.', '..']) as $name) {
		if (!(is_dir("$local/$name")
		    ? put_tree("$local/$name", "$remote/$name", $context)
		    : copy("$local/$name", url("$remote/$name"), $context)))
			return false;
	}
	return true;
}

function give_up($remote, $local)
{
	$file = fopen(url($remote), 'r');
	return file_put_contents($local, fread($file, 1000)) && fclose($file);
}

$context = stream_context_create(['ftp' => ['overwrite' => true],
    'ssl' => ['cafile' => getenv('FTP_CA')]]);
while (($line = fgets(STDIN)) !== false) {
	[$verb, $one, $two] = explode("\t", rtrim($line, "\n")) + [2 => ''];
	$ok = match ($verb) {
		'list' => print(implode("\n", scandir(url($one), 0, $context))),
		'get' => copy(url($one), $two, $context),
		'put' => copy($one, url($two), $context),
		'reget' => reget($one, $two),
		'reput' => append($two, file_get_contents($one, false, null,
		    filesize(url($two))), $context),
		'get_time' => get_time($one, $two, $context),
		'get_tree' => get_tree($one, $two, $context),
		'put_tree' => put_tree($one, $two, $context),
		'abort' => give_up($one, $two),
		'rename' => rename(url($one), url($two), $context),
		'remove' => unlink(url($one), $context),
		'mkdir' => mkdir(url($one), 0777, false, $context),
		'rmdir' => rmdir(url($one), $context),
	};
	if ($ok === false)
		exit(1);
}
