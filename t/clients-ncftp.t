#!/usr/bin/perl
# System tier: ncftp at the jobs of daily use.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Clients;
use Test::More;

# A tree is given by its own name.
my %line = (
	list => 'ls %s', get => 'get -z %s %s', put => 'put -z %s %s',
	reget => 'get -z %s %s', reput => 'put -z %s %s',
	get_time => 'get -z %s %s', put_time => 'put -z %s %s',
	abort => 'get -z %s %s', rename => 'rename %s %s', remove => 'rm %s', mkdir => 'mkdir %s',
	rmdir => 'rmdir %s',
	get_tree => 'get -R -T %s', put_tree => 'put -R %s',
);

# Its input up to the first get, then the interrupt key, then the rest.
my $interrupt = <<'END';
mkfifo .lines
ncftp <.lines &
exec 3>.lines
sed '/^get /q' .input >&3
until test -s "$1"; do sleep 0.1; done
kill -INT $!
sed '1,/^get /d' .input >&3
exec 3>&-
wait $!
END

sub ncftp {
	my ($how, @steps) = @_;

	# A tree keeps its name.
	my ($verb, $from, $to) = @{ $steps[0] };
	return (['sh', '-c', $interrupt, 'sh', $to], script($how, @steps))
	    if $verb eq 'abort';
	return ($verb eq 'put_tree' ? (['cp', '-a', $from, $to], '') : (),
	    ['ncftp'], script($how, @steps),
	    $verb eq 'get_tree' ? (['mv', $from, $to], '') : ());
}

sub script {
	my ($how, @steps) = @_;

	return join '', map { "$_\n" }
	    'set auto-resume yes', 'set confirm-close no',
	    'set passive ' . ($how->{active} ? 'no' : 'yes'),
	    "open -u $how->{user} -p $how->{password} $how->{host}",
	    (map { sprintf $line{$_->[0]}, quoted($_->[0] eq 'put_tree' ? $_->[2] :
	        $_->[0] eq 'get_tree' ? $_->[1] : @$_[1 .. $#$_]) } @steps),
	    'quit';
}

my $client = { name => 'ncftp', packages => ['ncftp'],
    version => 'ncftp --version', run => \&ncftp,
    cannot => { IPv6 => 'this version knows IPv4 only',
        'IPv6, active' => 'this version knows IPv4 only' } };

jobs($client);
done_testing;
