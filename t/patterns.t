#!/usr/bin/perl
# Transcript tier, no root: download_file and upload_file, the names that may
# be fetched and stored; also behind links and by RNTO.
# directive: download_file, upload_file

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new(
    conf => { download_file => '{*.txt,README}', upload_file => '*.csv',
        dirmessage_enable => 'YES' },
    users => { alice => {}, atomic => { upload_atomic => 'YES' },
        loose => { download_file => '', upload_file => '' },
        dots => { upload_file => 'x.??????' } });

$server->file($_, 'old') for qw(a.txt README key.pem old.csv sub/b.txt sub/x);
$server->file('.message', 'welcome');
symlink 'key.pem', $server->data('link.txt');
symlink 'a.txt', $server->data('link.pem');
symlink 'key.pem', $server->data('link.csv');
symlink 'old.csv', $server->data('link.dat');
symlink 'nowhere.dat', $server->data('dangling.csv');

my $c = $server->login('alice');
is(($c->retr($_))[0], 'old', "RETR $_")
    for 'a.txt', 'README', 'sub/b.txt', './sub/../a.txt', 'link.pem';
for my $path ('key.pem', 'old.csv', 'sub/x', 'link.txt', 'README.', 'txt') {
	$c->pasv;
	$c->expect("RETR $path", 550);
}
$c->expect('SIZE key.pem', 213, '3', 'other questions are answered');
my @lines = $c->expect('CWD /', 250);
like("@lines", qr/welcome/, 'nor is the message fetched');

is(($c->stor($_, 'new'))[0], 226, "STOR $_") for 'new.csv', 'sub/n.csv',
    'old.csv', 'link.dat';
is($server->content('old.csv'), 'new', 'through a link, too');
is(($c->send_file('APPE new.csv', '+'))[0], 226, 'APPE');
for my $path ('new.txt', 'key.pem', 'csv', 'new.csv.sh', 'link.csv') {
	for my $verb ('STOR', 'APPE') {
		$c->pasv;
		$c->expect("$verb $path", 553);
		# Active: the answer must come before 150 as well.
		my $end = $c->port;
		$c->expect("$verb $path", 553, undef, "$verb $path, active");
	}
}
is($server->content('key.pem'), 'old', 'nothing came through the link');
$c->pasv;
$c->expect('STOR dangling.csv', 553);
ok(!-e $server->data('nowhere.dat'), 'nor where one leads to nothing');
$c->pasv;
$c->expect('STOU x', 553, undef, 'STOU makes no such names');
$c->pasv;
$c->expect('STOU x.csv', 553);

$c->expect('RNFR new.csv', 350);
$c->expect('RNTO new.sh', 553, undef, 'RNTO a name that could not be stored');
$c->expect('RNFR new.csv', 350);
$c->expect('RNTO moved.csv', 250);
$c->expect('RNFR sub', 350);
$c->expect('RNTO dir', 250, undef, 'directories are no uploads');
$c->expect('MKD made', 257);
$c->expect('DELE moved.csv', 250);
$c->quit;

$c = $server->login('atomic');
is(($c->stor('whole.csv', 'x'))[0], 226, 'upload_atomic is not in its way');
$c->pasv;
$c->expect('STOR whole.dat', 553);
is_deeply([grep { /^\.in|whole/ } $server->names('')], ['whole.csv'],
    'and leaves nothing');
$c->quit;

$c = $server->login('dots');
is(($c->send_file('STOU x', 'y'))[0], 226, 'STOU where the pattern has room');
$c->quit;

$c = $server->login('loose');
is(($c->retr('key.pem'))[0], 'old', 'a user without limits');
is(($c->stor('any', 'x'))[0], 226);
$c->quit;

my $bad = Inftpd::Test->new(conf => { upload_file => '{' . 'x' x 1023 . '}' });
($c) = $bad->start;
is(($c->reply)[0], 421, 'a pattern that is too long to be kept');
like($c->log, qr/inftpd\.conf:\d+: upload_file: .* at most 1023 bytes/,
    'and the log says so');
$c->exit_status;
$c->{checked} = 1;
$server->done;
done_testing;
